/*
 * peer_jansson: the obvious way.  Parses every line into a tree and takes from it what the Claude scanner
 * takes.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/peer.h"

static uint64_t mix(uint64_t sum, const json_t *string)
{
	const char *p = json_string_value(string);
	size_t n = p ? json_string_length(string) : 0;

	return (sum ^ (n ? (unsigned char)p[0] + 256 * (uint64_t)(unsigned char)p[n - 1] : 0)) *
		       0x9e3779b97f4a7c15ULL +
	       n;
}

/* The first 4 KiB of a text, as the scanner keeps for a failure. */
static uint64_t head(uint64_t sum, const json_t *text)
{
	char kept[4096];
	size_t n = json_is_string(text) ? json_string_length(text) : 0;

	n = n < sizeof(kept) ? n : sizeof(kept);
	if (n > 0)
		memcpy(kept, json_string_value(text), n);
	return sum + n + (n > 0 ? (unsigned char)kept[n / 2] : 0);
}

static uint64_t take_block(uint64_t sum, const json_t *block)
{
	const json_t *input = json_object_get(block, "input"), *content = json_object_get(block, "content");
	static const char *const inputs[] = { "command", "file_path", "path", "pattern" };
	const char *type = json_string_value(json_object_get(block, "type"));

	if (type && strcmp(type, "tool_use") == 0) {
		sum = mix(mix(sum, json_object_get(block, "id")), json_object_get(block, "name"));
		for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++)
			sum = mix(sum, json_object_get(input, inputs[i]));
	} else if (type && strcmp(type, "tool_result") == 0) {
		sum = mix(sum, json_object_get(block, "tool_use_id"));
		sum += json_is_true(json_object_get(block, "is_error"));
		sum = head(sum, json_is_array(content) ? json_object_get(json_array_get(content, 0), "text")
						       : content);
	}
	return sum;
}

static uint64_t take_line(uint64_t sum, const char *line, size_t n)
{
	static const char *const fields[] = { "type", "cwd", "sessionId", "timestamp", "uuid", "gitBranch" };
	json_t *record = json_loadb(line, n, JSON_ALLOW_NUL, NULL);
	const json_t *message = json_object_get(record, "message"),
		     *usage = json_object_get(message, "usage");
	const json_t *content = json_object_get(message, "content");

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		sum = mix(sum, json_object_get(record, fields[i]));
	for (size_t i = 0; i < json_array_size(content); i++)
		sum = take_block(sum, json_array_get(content, i));
	sum += (uint64_t)json_integer_value(json_object_get(usage, "input_tokens"));
	sum += (uint64_t)json_integer_value(json_object_get(usage, "output_tokens"));
	sum += (uint64_t)json_integer_value(json_object_get(usage, "cache_read_input_tokens"));
	sum += (uint64_t)json_integer_value(json_object_get(usage, "cache_creation_input_tokens"));
	json_decref(record);
	return sum;
}

static uint64_t take_file(const char *path, uint64_t *bytes)
{
	FILE *file = fopen(path, "rb");
	char *line = NULL;
	uint64_t sum = 0;
	size_t cap = 0;
	ssize_t n;

	if (!file)
		return 0;
	while ((n = getline(&line, &cap, file)) > 0) {
		*bytes += (uint64_t)n;
		sum = take_line(sum, line, (size_t)n);
	}
	free(line);
	fclose(file);
	return sum;
}

int main(int argc, char **argv)
{
	return peer_main(argc, argv, "jansson", take_file);
}
