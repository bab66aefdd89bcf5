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
// both languages, and knows notblank and oneline beside its own tags.
func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(jsonName)
	err := errors.Join(
		v.RegisterValidation("notblank", validators.NotBlank),
		v.RegisterValidation("oneline", func(f validator.FieldLevel) bool {
			return !strings.ContainsAny(f.Field().String(), "\n\t\u2028\u2029")
		}),
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

// check holds in against its validate tags and gives every fault; what is not a
// struct has none.
func check(in any, v *voice) []Fault {
	var broken validator.ValidationErrors
	if reflect.Indirect(reflect.ValueOf(in)).Kind() != reflect.Struct {
		return nil
	}
	if !errors.As(rules.Struct(in), &broken) {
		return nil
	}
	faults := make([]Fault, 0, len(broken))
	for _, b := range broken {
		faults = append(faults, Fault{Pointer: pointerOf(b.Namespace()), Code: faultCode(b), Detail: v.ruleText(b)})
	}
	return faults
}

func (v *voice) ruleText(b validator.FieldError) string {
	param := b.Param()
	if b.Tag() == "oneof" {
		param = v.list(strings.Fields(param))
	}
	if text := v.say("fault."+faultCode(b), map[string]any{"Param": param}); text != "" {
		return text
	}
	return b.Translate(v.faults)
}

// pointerOf turns the validator's Request.parties[0].phone into /parties/0/phone.
// The names of embedded structs, which JSON does not show, begin with a capital;
// those of JSON never do.
func pointerOf(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	var pointer strings.Builder
	for part := range strings.SplitSeq(strings.NewReplacer("[", ".", "]", "").Replace(path), ".") {
		if part < "A" || part > "Z~" {
			pointer.WriteString("/" + part)
		}
	}
	return pointer.String()
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
	case "oneline":
		return "line_break"
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
