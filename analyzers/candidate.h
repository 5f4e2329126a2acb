/*
 * candidate: evidence for one statement put together, on its way to a learning or to a reason why not.  The stages are
 * gather (cluster evidence), verify (ask the project), judge (evidence gates, safety), rank (value, budget); each sets
 * `reason` at most once, and a candidate with a reason is kept for the report.
 */
#ifndef HEADROOM_ANALYZERS_CANDIDATE_H
#define HEADROOM_ANALYZERS_CANDIDATE_H

#include "analyzers/tree.h"
#include "analyzers/weigh.h"

#define CALLS_SHOWN 12 /* calls listed as evidence of one learning */

struct candidate {
	struct finding f;
	struct vec evidence; /* const struct evidence * */
	str where; /* CWD, PRE_STEP: folder of the failure */
	str proof_detail; /* name of the lockfile or manifest, commit of the rename */
	uint32_t count, lineages, days; /* positives */
	uint32_t clean_lineages; /* without web or external tools before */
	uint32_t negatives; /* lineages that speak against it */
	int64_t first_ms, last_ms;
	uint32_t tokens_wasted; /* over all failures */
	uint32_t detour; /* mean tokens of one detour */
	uint32_t opportunities, relapses; /* since it was published */
	int64_t published_ms;
	double confidence, value, weight;
	bool volatile_; /* not verifiable, or about this machine or user */
	bool hinted; /* the error itself named the right side */
	bool adopted; /* stands in the block, without evidence here */
	bool foreign; /* the user's own words inside the block */
	bool proposed; /* nobody found it; the repository shows it */
	bool ambiguous; /* something with that name exists: "does not exist" would mislead */
	enum reason reason;
	str note; /* what to tell about the reason: "CLAUDE.md:12" */
};

/* Clusters the evidence; candidates: vec of struct candidate. */
void gather(struct study *s, const struct weights *w, struct tree *tree, struct vec *candidates);
/* Sets proof, text, target; or reason REASON_UNVERIFIED, REASON_CONTRADICTED... */
void verify(struct study *s, struct tree *tree, struct candidate *c);
/* Evidence gates: lineages and days against proof, negatives, decay. */
void judge_evidence(struct study *s, const struct weights *w, struct candidate *c);
/* True if every slot may be written; false drops the item. */
bool is_safe(const struct candidate *c);
/* Folds single moves below one folder that moved as a whole into one candidate. */
void fold_folders(struct study *s, struct tree *tree, struct vec *candidates);
void candidates_release(struct vec *candidates);

#endif
