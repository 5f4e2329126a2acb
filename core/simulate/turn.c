#include "core/simulate/turn.h"

#include "core/json/jput.h"
#include "core/model/request.h"

void turn_init(struct turn *t)
{
	*t = (struct turn){ .role = 0 };
	buf_init(&t->body, REQUEST_MAX_BYTES);
}

void turn_release(struct turn *t)
{
	buf_release(&t->body);
}

void turn_clear(struct turn *t)
{
	buf_clear(&t->body);
	t->role = 0;
	t->pieces = 0;
	t->longest = t->waiting = 0;
	t->answered = 0;
}

/* The message of this role is the open one, and what follows is a block of it. */
static void open_block(struct turn *t, int role)
{
	if (t->role == role) {
		buf_add_ch(&t->body, ',');
		return;
	}
	buf_add_c(&t->body, t->pieces == 0 ? "{\"messages\":[" : t->role ? "]}," : ",");
	buf_add_c(&t->body,
		  role == 'a' ? "{\"role\":\"assistant\",\"content\":[" : "{\"role\":\"user\",\"content\":[");
	t->role = role;
}

static void add_plain(struct turn *t, const char *key, str text)
{
	struct jput j;

	buf_printf(&t->body, ",\"%s\":", key);
	jput_init(&j, &t->body, false);
	jput_str(&j, text);
}

/* The text of a piece as a JSON string. */
static void add_text(struct turn *t, const char *key, const struct piece *p)
{
	if (!p->string) {
		add_plain(t, key, p->text);
		return;
	}
	buf_printf(&t->body, ",\"%s\":\"", key);
	buf_add(&t->body, p->text);
	buf_add_ch(&t->body, '"');
}

static void add_input(struct turn *t, const struct piece *p)
{
	t->waiting++;
	if (p->string) {
		add_text(t, "input", p);
		return;
	}
	buf_add_c(&t->body, ",\"input\":");
	buf_add(&t->body, p->text.n ? p->text : STR("{}"));
}

static void note_answer(struct turn *t, const struct piece *p)
{
	uint64_t call = str_hash(p->call);

	if (t->waiting && call != t->answered)
		t->waiting--;
	t->answered = call;
	t->longest = p->text.n > t->longest ? p->text.n : t->longest;
}

void turn_add(struct turn *t, const struct piece *p)
{
	switch (p->kind) {
	case PIECE_USER:
		open_block(t, 'u');
		buf_add_c(&t->body, "{\"type\":\"text\"");
		add_text(t, "text", p);
		break;
	case PIECE_ASSISTANT:
		open_block(t, 'a');
		buf_add_c(&t->body, "{\"type\":\"text\"");
		add_text(t, "text", p);
		break;
	case PIECE_THINKING:
		open_block(t, 'a');
		buf_add_c(&t->body, "{\"type\":\"thinking\"");
		add_text(t, "thinking", p);
		break;
	case PIECE_CALL:
		open_block(t, 'a');
		buf_add_c(&t->body, "{\"type\":\"tool_use\"");
		add_plain(t, "id", p->call);
		add_plain(t, "name", p->tool);
		add_input(t, p);
		break;
	case PIECE_RESULT:
		open_block(t, 'u');
		buf_add_c(&t->body, "{\"type\":\"tool_result\"");
		add_plain(t, "tool_use_id", p->call);
		if (p->error)
			buf_add_c(&t->body, ",\"is_error\":true");
		add_text(t, "content", p);
		note_answer(t, p);
		break;
	case PIECE_IMAGE:
		open_block(t, 'u');
		buf_add_c(&t->body, "{\"type\":\"image\",\"source\":{}");
		break;
	default:
		return;
	}
	buf_add_ch(&t->body, '}');
	t->pieces++;
}

str turn_request(struct turn *t)
{
	if (t->pieces == 0)
		return (str){ NULL, 0 };
	if (t->role) {
		buf_add_c(&t->body, "]}]}");
		t->role = 0;
	}
	return buf_str(&t->body);
}
