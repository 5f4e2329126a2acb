/*
 * engine: what commands share: the configuration of compression from every place it may come from, prices, and input.
 */
#ifndef HEADROOM_CMD_ENGINE_H
#define HEADROOM_CMD_ENGINE_H

#include "core/base/vec.h"
#include "core/compress/pipeline.h"
#include "core/json/jput.h"
#include "core/token/price.h"

struct price_user;

#define ENGINE_TABLE "compression" /* of the configuration file */

/* Defaults, [compression] of the configuration file, HEADROOM_<KEY> of the environment, then `sets` (vec of const char *,
 * KEY=VALUE).  Texts last as long as a and the process. */
enum status engine_config(struct arena *a, const struct vec *sets, struct compress_config *out,
			  struct error *err);
/* The same with [compression] of this file in place of the one the program read. */
enum status engine_config_of(struct arena *a, const char *path, const struct vec *sets,
			     struct compress_config *out, struct error *err);
/* The user's prices, limits and vocabularies: models.json, then HEADROOM_MODEL_LIMITS (JSON, or a file of it).  What is
 * wrong in them is told and left out.  The caller frees *out, also after an error. */
enum status engine_prices(struct arena *a, struct price_user **out, struct error *err);

/* `--set help` */
bool engine_wants_help(const struct vec *sets);

/* A whole file, or standard input for "-" and NULL.  STATUS_NOT_FOUND if it is empty. */
enum status engine_read(const char *path, struct buf *out, struct error *err);

/* Members of an object that say what a run did: tokens_before ... reason. */
void engine_put_figures(struct jput *j, const struct pipeline_result *r);

#endif
