package api

import (
	"embed"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/zh"
	ut "github.com/go-playground/universal-translator"
	"github.com/labstack/echo/v4"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The catalogues: zh-CN.json holds what only this package says, since the
// domain's refusals carry their Chinese themselves; en.json holds the English
// of every code, which a test checks against the source.
//
//go:embed locale/*.json
var catalogues embed.FS

// voice is one of the languages in which Huiyin answers.
type voice struct {
	tag      string
	messages *i18n.Localizer
	faults   ut.Translator
}

var (
	translators = ut.New(zh.New(), zh.New(), en.New())
	bundle      = loadBundle("zh-CN", "en")
	chinese     = newVoice("zh-CN", "zh")
	english     = newVoice("en", "en")
)

// The first tag answers when nothing matches.
var languages = language.NewMatcher([]language.Tag{language.MustParse("zh-CN"), language.English})

func loadBundle(tags ...string) *i18n.Bundle {
	b := i18n.NewBundle(language.MustParse(tags[0]))
	for _, tag := range tags {
		if err := b.AddMessages(language.MustParse(tag), readCatalogue(tag)...); err != nil {
			panic(err)
		}
	}
	return b
}

func readCatalogue(tag string) []*i18n.Message {
	text, err := catalogues.ReadFile("locale/" + tag + ".json")
	if err != nil {
		panic(err)
	}
	var entries map[string]string
	if err := json.Unmarshal(text, &entries); err != nil {
		panic(err)
	}
	messages := make([]*i18n.Message, 0, len(entries))
	for id, message := range entries {
		messages = append(messages, &i18n.Message{ID: id, Other: message})
	}
	return messages
}

func newVoice(tag, locale string) *voice {
	t, _ := translators.GetTranslator(locale)
	return &voice{tag: tag, messages: i18n.NewLocalizer(bundle, tag), faults: t}
}

// voiceOf gives the language that the client's Accept-Language asks for:
// Chinese unless it prefers English.
func voiceOf(c echo.Context) *voice {
	header := c.Request().Header.Get("Accept-Language")
	if header == "" || len(header) > 256 {
		return chinese
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return chinese
	}
	if _, i, confidence := languages.Match(wanted...); i == 1 && confidence > language.No {
		return english
	}
	return chinese
}

// say gives the message of an id, or "" when this language has none of its own.
func (v *voice) say(id string, data map[string]any) string {
	text, tag, err := v.messages.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
	if err != nil || !strings.HasPrefix(v.tag, tag.String()) {
		return ""
	}
	return text
}

// list writes words one after another, as this language does.
func (v *voice) list(words []string) string {
	if v == english {
		return strings.Join(words, ", ")
	}
	return strings.Join(words, "、")
}

// detail words a refusal: the domain's own Chinese, or the English of its code.
// Should that be missing, a refusal in Chinese is better than a silent one.
func (v *voice) detail(code, message string) string {
	if text := v.say(code, nil); v != chinese && text != "" {
		return text
	}
	return message
}

func (v *voice) title(status int) string {
	if text := v.say("title."+strconv.Itoa(status), nil); text != "" {
		return text
	}
	return v.say("title.500", nil)
}
