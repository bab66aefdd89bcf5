package api

import (
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
	"github.com/go-playground/validator/v10/non-standard/validators"
	entext "github.com/go-playground/validator/v10/translations/en"
	zhtext "github.com/go-playground/validator/v10/translations/zh"
)

var rules = newRules()

// newRules makes the validator: it speaks of fields by their JSON names, in
// both languages, and knows notblank beside its own tags.
func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(jsonName)
	err := errors.Join(
		v.RegisterValidation("notblank", validators.NotBlank),
		zhtext.RegisterDefaultTranslations(v, chinese.faults),
		entext.RegisterDefaultTranslations(v, english.faults),
	)
	if err != nil {
		panic(err)
	}
	return v
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

// check holds in against its validate tags; what is not a struct has none.
func check(in any, v *voice) error {
	var broken validator.ValidationErrors
	if reflect.Indirect(reflect.ValueOf(in)).Kind() != reflect.Struct {
		return nil
	}
	if err := rules.Struct(in); !errors.As(err, &broken) {
		return err
	}
	faults := make([]Fault, 0, len(broken))
	for _, b := range broken {
		faults = append(faults, Fault{Pointer: pointerOf(b.Namespace()), Code: faultCode(b), Detail: v.ruleText(b)})
	}
	return &badInput{cause: errInvalid, faults: faults}
}

func (v *voice) ruleText(b validator.FieldError) string {
	if text := v.say("fault."+faultCode(b), map[string]any{"Param": b.Param()}); text != "" {
		return text
	}
	return b.Translate(v.faults)
}

// pointerOf turns the validator's Request.parties[0].phone into /parties/0/phone.
func pointerOf(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	path = strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(path)
	return "/" + path
}

// faultCode is the stable name of a broken rule, which no change of validator
// may alter.
func faultCode(b validator.FieldError) string {
	switch tag := b.Tag(); tag {
	case "min", "gte", "gt":
		return "too_" + sizes(b.Kind(), "short", "few", "small")
	case "max", "lte", "lt":
		return "too_" + sizes(b.Kind(), "long", "many", "large")
	case "oneof":
		return "not_one_of"
	case "notblank":
		return "blank"
	case "unique":
		return "repeated"
	default:
		if strings.HasPrefix(tag, "required") {
			return "required"
		}
		return "bad_" + tag
	}
}

func sizes(k reflect.Kind, text, list, number string) string {
	switch k {
	case reflect.String:
		return text
	case reflect.Slice, reflect.Array, reflect.Map:
		return list
	}
	return number
}
