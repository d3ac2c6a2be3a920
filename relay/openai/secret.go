package openai

import (
	"slices"
	"strings"
)

// shortestSecret is the length in bytes of the shortest value that is redacted. Shorter ones, such as the "ollama"
// that a local server takes for a key, are words of ordinary messages.
const shortestSecret = 12

// looksSecret reports whether a value is redacted wherever it is echoed: it is long enough, is no address, and not a
// word or a stand-in that many people use in place of a key.
func looksSecret(value string) bool {
	if len(value) < shortestSecret || strings.Contains(value, "://") {
		return false
	}
	word := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == '-', r == '_', r == '.', r == ' ', r == '/':
			return -1
		}
		return r
	}, value)
	return !slices.Contains(everydayWords(), word)
}

// everydayWords are words of at least about twelve letters, lower case and without separators, that are set as a key
// where any key will do, or as a header, and that messages use too.
func everydayWords() []string {
	return []string{
		"sknokeyrequired", "nokeyrequired", "nokeyneeded", "notrequired", "apikeynotneeded", "noapikeyneeded",
		"noapikeyrequired", "apikeynotrequired", "doesnotmatter", "yourapikey", "yourapikeyhere", "yourkeyhere",
		"insertyourapikey", "insertapikeyhere", "enteryourapikey", "yourtokenhere", "placeholderkey",
		"placeholderapikey", "dummyapikey", "fakeapikey", "exampleapikey", "openaiapikey", "anthropicapikey",
		"openaicompatible", "applicationjson", "texteventstream", "bearertoken", "authorization", "authentication",
		"unauthorized", "unauthenticated", "administrator", "organization", "organisation", "configuration",
		"conversation", "conversations", "documentation", "development", "environment", "international",
		"intelligence", "understanding", "transformers", "transformer", "textgenerationwebui", "textgeneration",
		"localllamacpp", "localdevelopment", "experimental", "subscription", "registration",
	}
}
