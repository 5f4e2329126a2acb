/*
 * model_name: the names models go by, without what providers and dates add to them.
 */
#ifndef HEADROOM_TOKEN_MODEL_NAME_H
#define HEADROOM_TOKEN_MODEL_NAME_H

#include "core/base/str.h"

#define MODEL_NAME_MAX 128 /* bytes; longer names are cut */

/*
 * The name in lower case, dots between the digits of Claude versions as dashes, without provider paths and prefixes
 * ("openai/", "us.anthropic.", "ft:"), a version of Bedrock's ("-v1:0") or a variant in brackets ("[1m]").  Written to
 * `space`, which the result borrows.
 */
str model_name_dated(str model, char space[static MODEL_NAME_MAX]);
/* The same without a date at its end ("-20250929", "@20250929", "-2024-08-06", "-0613") or "-latest":
 * "bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0" is "claude-opus-4-5". */
str model_name_plain(str model, char space[static MODEL_NAME_MAX]);
/* Both, for comparing with many names of a table; points into itself. */
struct model_names {
	str dated, plain;
	char spaces[2][MODEL_NAME_MAX];
};

void model_names_init(struct model_names *n, str model);
/*
 * How well a name of a table, in one of these forms, fits: 0 not at all, larger is better.  It is the model's name, with
 * or without the date, or its beginning where the rest says only how the same model is used ("-preview", "-high"): a
 * "-mini" or a later version is another model.
 */
size_t model_names_fit(const struct model_names *n, str name);
/* The name is the prefix, or goes on with anything but a letter or digit. */
bool model_name_begins(str name, const char *prefix);

#endif
