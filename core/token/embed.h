/*
 * embed: the tables pack_tables.js made, as part of the program's read-only data.  They are read where they lie:
 * nothing is built or copied at start.  Private to core/token.
 */
#ifndef HEADROOM_TOKEN_EMBED_H
#define HEADROOM_TOKEN_EMBED_H

extern const unsigned char embed_o200k[], embed_cl100k[]; /* see bpe.c */
extern const unsigned char embed_classes[]; /* see classes.h */

#endif
