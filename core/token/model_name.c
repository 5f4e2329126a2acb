#include "core/token/model_name.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Regions and makers as Bedrock writes them, fine-tuned models as OpenAI does. */
static str cut_prefixes(str s)
{
	static const char *const prefixes[] = {
		"us.",	   "eu.",	"apac.", "global.", "jp.",	  "au.",
		"ca.",	   "us-gov.",	"meta.", "cohere.", "anthropic.", "amazon.",
		"google.", "deepseek.", "qwen.", "openai.", "ft:",	  "mistral.",
	};
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
			if (str_starts_c(s, prefixes[i])) {
				s = str_from(s, strlen(prefixes[i]));
				again = true;
			}
	}
	return s;
}

/* In a pattern '#' is a digit, anything else itself; it is not the whole name. */
static bool ends_like(str s, const char *pattern)
{
	size_t n = strlen(pattern);

	if (s.n <= n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s.p[s.n - n + i];

		if (pattern[i] == '#' ? !digit(c) : c != pattern[i])
			return false;
	}
	return true;
}

static str cut_tails(str s, const char *const *tails)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; tails[i]; i++)
			if (ends_like(s, tails[i])) {
				s.n -= strlen(tails[i]);
				again = true;
			}
	}
	return s;
}

str model_name_dated(str model, char space[static MODEL_NAME_MAX])
{
	static const char *const tails[] = { "-v#", "-v#:#", "[1m]", ":free", "@default", NULL };
	size_t slash;
	str s;

	model = str_trim(model);
	slash = str_rchr(model, '/');
	if (slash != STR_NONE)
		model = str_from(model, slash + 1);
	s = (str){ space, model.n < MODEL_NAME_MAX ? model.n : MODEL_NAME_MAX };
	for (size_t i = 0; i < s.n; i++)
		space[i] = lower(model.p[i]);
	s = cut_tails(cut_prefixes(s), tails);
	if (!str_starts_c(s, "claude-"))
		return s;
	for (size_t at = (size_t)(s.p - space) + 1; at + 1 < (size_t)(s.p - space) + s.n; at++)
		if (space[at] == '.' && digit(space[at - 1]) && digit(space[at + 1]))
			space[at] = '-';
	return s;
}

str model_name_plain(str model, char space[static MODEL_NAME_MAX])
{
	static const char *const tails[] = { "-########", "@########", "-####-##-##", "-####",
					     "-latest",	  "@latest",   NULL };

	return cut_tails(model_name_dated(model, space), tails);
}

bool model_name_begins(str name, const char *prefix)
{
	char next;

	if (!str_starts_c(name, prefix))
		return false;
	if (name.n == strlen(prefix))
		return true;
	next = name.p[strlen(prefix)];
	return !digit(next) && !(next >= 'a' && next <= 'z');
}

/* Words that may follow a name without making it another model's. */
static bool neutral(str rest)
{
	static const char *const words[] = {
		"preview", "exp",    "latest", "thinking", "none",	  "minimal",
		"low",	   "medium", "high",   "xhigh",	   "customtools",
	};
	str word;

	if (*rest.p != '-' && *rest.p != ':')
		return false;
	rest = str_from(rest, 1);
	while (str_split(&rest, '-', &word)) {
		size_t i = 0, n = sizeof(words) / sizeof(*words);

		while (i < n && !str_eq_c(word, words[i]))
			i++;
		if (i == n)
			return false;
	}
	return true;
}

void model_names_init(struct model_names *n, str model)
{
	n->dated = model_name_dated(model, n->spaces[0]);
	n->plain = model_name_plain(model, n->spaces[1]);
}

size_t model_names_fit(const struct model_names *n, str name)
{
	if (str_eq(name, n->dated))
		return SIZE_MAX;
	if (str_eq(name, n->plain))
		return SIZE_MAX - 1;
	return name.n > 0 && str_starts(n->plain, name) && neutral(str_from(n->plain, name.n)) ? name.n : 0;
}
