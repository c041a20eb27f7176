/*
 * The fast path's inner loop: lines to fields, and texts to numbers, over bytes as they are.
 *
 * Only what is regular is accepted; every other line is left to the patterns in slow.py. What this
 * says of a line is what fast.py and slow.py say of it (tests/weblog/parse/test_hostile_lines.py).
 * Called through ctypes (native.py), which lets go of Python's lock meanwhile. Nothing is read
 * beyond the `size` bytes of data, and nothing is kept but what a `words` holds of its own.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LITERAL, QUOTED, WORD, TIME };                        /* what an operation reads */
enum { DROPPED, TEXT, ADDRESS, STATUS, BYTES, DURATION, WHOLE_DURATION }; /* a value */

#define INTERFACE 10 /* library.py asks for it: count up when a function or a struct changes */
#define MOST_VALUES 64
#define MOST_NUMBERED 8
#define FAILED (-1)
#define TIME_LENGTH 28

/* An operation of a format's program; native.py lays it out as int32 numbers. */
typedef struct {
    int32_t op;
    int32_t kind;
    int32_t slot;     /* where its value goes, -1 for one that is only looked at */
    int32_t literal;  /* where its text begins in `literals`: a literal, or what divides a word */
    int32_t length;
    int32_t kind2;    /* of the part behind the divider */
    int32_t slot2;
} operation;

typedef struct {
    const uint8_t *at;
    uint32_t length;
} span;

/* Distinct texts, each with the number of those before it. */

typedef struct {
    uint32_t tag;    /* upper half of the text's hash */
    uint32_t number; /* and 1; 0 for a free place */
    uint64_t start;  /* in `texts` */
} place;

typedef struct {
    place *places;
    uint64_t mask;
    uint64_t *hashes;
    uint64_t *ends; /* where each text ends in `texts`; a newline stands between two */
    uint64_t room;
    uint64_t count;
    uint8_t *texts;
    uint64_t size;
    uint64_t capacity;
    uint64_t seed;
} words;

static uint64_t read8(const uint8_t *p) { uint64_t x; memcpy(&x, p, 8); return x; }

static uint64_t mixed(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Multiply and fold, 16 bytes at a time, as wyhash does; the seed keeps collisions from being
   made on purpose. */
static uint64_t hash_of(const uint8_t *p, uint64_t n, uint64_t seed) {
    const uint64_t k0 = 0xa0761d6478bd642fULL, k1 = 0xe7037ed1a0b428dbULL;
    uint64_t h = seed ^ k0, a = 0, b = 0, left = n;
    while (left > 16) {
        h = mixed(read8(p) ^ k1, read8(p + 8) ^ h);
        p += 16;
        left -= 16;
    }
    if (left >= 8) {
        a = read8(p);
        b = read8(p + left - 8);
    } else {
        for (uint64_t i = 0; i < left; i++) a = a << 8 | p[i];
    }
    return mixed(k1 ^ n, mixed(a ^ k1, b ^ h));
}

static int grown_places(words *w) {
    uint64_t mask = w->mask * 2 + 1;
    place *wider = calloc(mask + 1, sizeof *wider);
    if (!wider) return FAILED;
    for (uint64_t i = 0; i < w->count; i++) {
        uint64_t h = w->hashes[i], at = h & mask;
        while (wider[at].number) at = (at + 1) & mask;
        wider[at] = (place){(uint32_t)(h >> 32), (uint32_t)i + 1, i ? w->ends[i - 1] + 1 : 0};
    }
    free(w->places);
    w->places = wider;
    w->mask = mask;
    return 0;
}

static int grown_texts(words *w, uint64_t needed) {
    uint64_t capacity = w->capacity;
    while (capacity < needed) capacity *= 2;
    uint8_t *texts = realloc(w->texts, capacity);
    if (!texts) return FAILED;
    w->texts = texts;
    w->capacity = capacity;
    return 0;
}

static int grown_room(words *w) {
    uint64_t room = w->room * 2;
    uint64_t *hashes = realloc(w->hashes, room * sizeof *hashes);
    if (!hashes) return FAILED;
    w->hashes = hashes;
    uint64_t *ends = realloc(w->ends, room * sizeof *ends);
    if (!ends) return FAILED;
    w->ends = ends;
    w->room = room;
    return 0;
}

void weblog_words_free(words *w) {
    if (!w) return;
    free(w->places);
    free(w->hashes);
    free(w->ends);
    free(w->texts);
    free(w);
}

words *weblog_words_new(uint64_t seed) {
    words *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->seed = seed;
    w->mask = 1023;
    w->room = 512;
    w->capacity = 1 << 14;
    w->places = calloc(w->mask + 1, sizeof *w->places);
    w->hashes = malloc(w->room * sizeof *w->hashes);
    w->ends = malloc(w->room * sizeof *w->ends);
    w->texts = malloc(w->capacity);
    if (w->places && w->hashes && w->ends && w->texts) return w;
    weblog_words_free(w);
    return NULL;
}

int64_t weblog_interface(void) { return INTERFACE; }

uint64_t weblog_words_count(const words *w) { return w->count; }
uint64_t weblog_words_size(const words *w) { return w->size; }
const uint8_t *weblog_words_texts(const words *w) { return w->texts; }

/* Make room for one more text; FAILED, and nothing is changed, where memory ends or the numbers
   do. */
static int reserved(words *w, uint64_t length) {
    if (w->count >= UINT32_MAX - 1) return FAILED;
    if (w->count == w->room && grown_room(w)) return FAILED;
    if (w->size + length + 1 > w->capacity && grown_texts(w, w->size + length + 1)) return FAILED;
    return (w->count + 1) * 2 > w->mask && grown_places(w) ? FAILED : 0;
}

/* Return the number of a text whose hash is h, a new one for a new text; FAILED where memory
   ends. */
static int64_t number_of(words *w, const uint8_t *text, uint64_t length, uint64_t h) {
    uint32_t tag = (uint32_t)(h >> 32);
    uint64_t at = h & w->mask;
    for (; w->places[at].number; at = (at + 1) & w->mask) {
        const place *known = w->places + at;
        if (known->tag == tag) {
            uint64_t i = known->number - 1;
            if (w->ends[i] - known->start == length
                && !memcmp(w->texts + known->start, text, length))
                return (int64_t)i;
        }
    }
    uint64_t mask = w->mask;
    if (reserved(w, length)) return FAILED;
    if (w->mask != mask) /* all have moved */
        for (at = h & w->mask; w->places[at].number;) at = (at + 1) & w->mask;
    if (w->count) w->texts[w->size++] = '\n';
    w->places[at] = (place){tag, (uint32_t)w->count + 1, w->size};
    memcpy(w->texts + w->size, text, length);
    w->size += length;
    w->hashes[w->count] = h;
    w->ends[w->count] = w->size;
    return (int64_t)w->count++;
}

/* Number `count` texts, of which each ends where `ends` says and begins where the last ended. */
int64_t weblog_words_numbers(words *w, const uint8_t *data, const int64_t *ends, int64_t count,
                             uint32_t *numbers) {
    int64_t start = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t number = number_of(w, data + start, (uint64_t)(ends[i] - start),
                                   hash_of(data + start, (uint64_t)(ends[i] - start), w->seed));
        if (number < 0) return FAILED;
        numbers[i] = (uint32_t)number;
        start = ends[i];
    }
    return 0;
}

/* Lines. */

int64_t weblog_count_lines(const uint8_t *data, int64_t size) {
    int64_t lines = 0;
    for (const uint8_t *p = data, *end = data + size; p < end; p++, lines++) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p) return lines + 1;
    }
    return lines;
}

/* Where lines begin and end (at the newline or the end of data), and how long they are without
   a carriage return. Return how many there are; FAILED where there is no room for them. */
int64_t weblog_find_lines(const uint8_t *data, int64_t size, int64_t room, int64_t *starts,
                          int64_t *ends, int64_t *lengths) {
    int64_t start = 0, i = 0;
    for (; start < size; i++) {
        const uint8_t *found = memchr(data + start, '\n', (size_t)(size - start));
        int64_t end = found ? found - data : size;
        if (i == room) return FAILED;
        starts[i] = start;
        ends[i] = end;
        lengths[i] = end - start - (end > start && data[end - 1] == '\r');
        start = end + 1;
    }
    return i;
}

/* Whether bytes are UTF-8 as the Unicode Standard, table 3-7, has it. */
static int is_utf8(const uint8_t *p, const uint8_t *end) {
    while (p < end) {
        uint8_t lead = *p++;
        if (lead < 0x80) continue;
        int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || end - p < more) return 0;
        uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (*p < low || *p > high) return 0;
        for (int i = 1; i < more; i++)
            if (p[i] < 0x80 || p[i] > 0xbf) return 0;
        p += more;
    }
    return 1;
}

/* Whether nothing in a line is escaped and all of it is UTF-8. */
static int is_plain(const uint8_t *p, int64_t length) {
    uint8_t all = 0, escaped = 0;
    for (int64_t i = 0; i < length; i++) {
        all |= p[i];
        escaped |= p[i] == '\\';
    }
    return !escaped && (all < 0x80 || is_utf8(p, p + length));
}

/* Times such as [17/May/2015:10:05:03 +0900]. */

typedef struct {
    uint8_t day[12], zone[7]; /* [17/May/2015 and  +0900] of the last time, */
    int64_t midnight;         /* and the seconds since 1970 at which that day began there */
    int known;
} calendar;

static int two(const uint8_t *p) {
    unsigned a = p[0] - '0', b = p[1] - '0';
    return a > 9 || b > 9 ? FAILED : (int)(a * 10 + b);
}

static int month_of(const uint8_t *p) {
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++)
        if (!memcmp(p, names + 3 * i, 3)) return i;
    return FAILED;
}

/* Learn when the day began; 0 where that is no day or no zone. */
static int learnt(calendar *c, const uint8_t *p) {
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    const uint8_t *zone = p + 21;
    int day = two(p + 1), month = month_of(p + 4), century = two(p + 8), years = two(p + 10);
    int hours = two(zone + 2), minutes = two(zone + 4);
    c->known = 0;
    if (p[0] != '[' || p[3] != '/' || p[7] != '/' || zone[0] != ' ' || zone[6] != ']') return 0;
    if (day < 1 || month < 0 || century < 0 || years < 0) return 0;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return 0;
    if (zone[1] != '+' && zone[1] != '-') return 0;
    int64_t year = century * 100 + years, past = year - 1;
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1900 || day > before[month + 1] - before[month] + (leap && month == 1)) return 0;
    int64_t days = past * 365 + past / 4 - past / 100 + past / 400 - 719162;
    days += before[month] + (leap && month > 1) + day - 1;
    int64_t offset = hours * 3600 + minutes * 60;
    c->midnight = days * 86400 - (zone[1] == '+' ? offset : -offset);
    memcpy(c->day, p, sizeof c->day);
    memcpy(c->zone, zone, sizeof c->zone);
    c->known = 1;
    return 1;
}

/* Read a time into seconds since 1970; 0 where it is none. */
static int read_time(calendar *c, const uint8_t *p, int64_t *seconds) {
    int same = c->known && !memcmp(p, c->day, sizeof c->day)
               && !memcmp(p + 21, c->zone, sizeof c->zone);
    if (!same && !learnt(c, p)) return 0;
    int hour = two(p + 13), minute = two(p + 16), second = two(p + 19);
    if (p[12] != ':' || p[15] != ':' || p[18] != ':') return 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return 0;
    *seconds = c->midnight + hour * 3600 + minute * 60 + second;
    return 1;
}

/* Numbers. */

static int read_status(span s, int16_t *status) {
    if (s.length != 3 || s.at[0] < '1' || s.at[0] > '9') return 0;
    int rest = two(s.at + 1);
    if (rest < 0) return 0;
    *status = (int16_t)((s.at[0] - '0') * 100 + rest);
    return 1;
}

static int read_digits(const uint8_t *p, uint32_t length, int64_t *number) {
    int64_t n = 0;
    for (uint32_t i = 0; i < length; i++) {
        unsigned digit = p[i] - '0';
        if (digit > 9) return 0;
        n = n * 10 + digit;
    }
    *number = n;
    return 1;
}

static int is_dash(span s) { return s.length == 1 && s.at[0] == '-'; }

static int read_bytes(span s, int64_t *bytes) {
    *bytes = INT64_MIN;
    return is_dash(s) || (s.length && s.length <= 18 && read_digits(s.at, s.length, bytes));
}

/* Up to 15 digits are a whole number a double holds exactly, and so is the power of ten: their
   quotient is the double next to what is written. */
static int read_duration(span s, double *duration) {
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    if (is_dash(s)) {
        *duration = -1;
        return 1;
    }
    const uint8_t *point = memchr(s.at, '.', s.length);
    uint32_t whole = point ? (uint32_t)(point - s.at) : s.length;
    uint32_t fraction = point ? s.length - whole - 1 : 0;
    int64_t before, behind = 0;
    if (!whole || whole + fraction > 15 || fraction > 9 || (point && !fraction)) return 0;
    if (!read_digits(s.at, whole, &before)) return 0;
    if (point && !read_digits(point + 1, fraction, &behind)) return 0;
    *duration = ((double)before * tens[fraction] + (double)behind) / tens[fraction];
    return 1;
}

/* A line against the program. */

typedef struct {
    span values[MOST_VALUES]; /* by slot: texts, then numbered texts */
    int64_t seconds, bytes;
    double duration;
    int16_t status;
} fields;

/* Take a value, and say whether it is one. Of a field that is written twice the first counts, but
   the second must be one too. */
static int took(fields *f, int32_t kind, int32_t slot, span s) {
    int16_t status;
    int64_t bytes;
    double duration;
    switch (kind) {
        case STATUS: return read_status(s, slot < 0 ? &status : &f->status);
        case BYTES: return read_bytes(s, slot < 0 ? &bytes : &f->bytes);
        case WHOLE_DURATION: if (memchr(s.at, '.', s.length)) return 0; /* and then as others */
        /* fall through */
        case DURATION: return read_duration(s, slot < 0 ? &duration : &f->duration);
        case ADDRESS: if (memchr(s.at, ',', s.length)) return 0; /* a list: only patterns know */
    }
    if (slot >= 0) f->values[slot] = s;
    return s.length > 0;
}

static const uint8_t *found(const uint8_t *p, const uint8_t *end, const uint8_t *what, int32_t n) {
    for (; end - p >= n; p++)
        if (!memcmp(p, what, (size_t)n)) return p;
    return NULL;
}

static int matches(const operation *ops, int32_t count, const uint8_t *literals, const uint8_t *p,
                   const uint8_t *end, calendar *c, fields *f) {
    for (const operation *o = ops; o < ops + count; o++) {
        const uint8_t *start = p;
        switch (o->op) {
            case LITERAL:
                if (end - p < o->length || memcmp(p, literals + o->literal, (size_t)o->length))
                    return 0;
                p += o->length;
                break;
            case QUOTED:
                p = memchr(p, '"', (size_t)(end - p));
                if (!p) return 0;
                if (o->slot >= 0) f->values[o->slot] = (span){start, (uint32_t)(p - start)};
                break;
            case WORD:
                while (p < end && *p != ' ' && *p != '"') p++;
                const uint8_t *last = p;
                if (o->length) {
                    last = found(start, p, literals + o->literal, o->length);
                    if (!last) return 0;
                    const uint8_t *rest = last + o->length;
                    /* Where it could be divided elsewhere too, the patterns say which is meant. */
                    if (memchr(rest, rest[-1], (size_t)(p - rest))) return 0;
                    if (!took(f, o->kind2, o->slot2, (span){rest, (uint32_t)(p - rest)})) return 0;
                }
                if (!took(f, o->kind, o->slot, (span){start, (uint32_t)(last - start)})) return 0;
                break;
            case TIME:
                if (end - p < TIME_LENGTH || !read_time(c, p, &f->seconds)) return 0;
                p += TIME_LENGTH;
                break;
        }
    }
    return p == end;
}

/* What is read of the accepted lines: arrays of one entry each, in order. `texts` texts have a
   start and a length each, one array after the other, then `numbered` ones a number each. */
typedef struct {
    int64_t first, end;   /* seconds since 1970 between which a time is possible */
    int64_t longest;      /* bytes of a line that is not too long */
    int64_t skip;         /* lines to leave to the patterns at the beginning */
    int64_t texts, numbered;
    words **tables;       /* one for each numbered text */
    uint32_t *rows, *starts, *lengths, *numbers;
    int64_t *micros, *bytes;
    double *durations;
    int16_t *statuses;
} output;

/* Texts wait in blocks to be numbered: what each needs of memory is asked for when it is met,
   and is there by its turn. */
#define BLOCK 16

typedef struct {
    span text;
    uint64_t hash;
} waiting;

static int numbered(waiting block[][BLOCK], int64_t size, int64_t first, int64_t lines,
                    output *out) {
    for (int64_t k = 0; k < out->numbered; k++) {
        const words *w = out->tables[k];
        for (int64_t i = 0; i < size; i++) {
            const place *likely = w->places + (block[k][i].hash & w->mask);
            if (likely->number) {
                uintptr_t text = (uintptr_t)(w->texts + likely->start);
                __builtin_prefetch((const void *)text);
                __builtin_prefetch((const void *)(text + 64)); /* maybe behind them all */
                __builtin_prefetch(w->ends + likely->number - 1);
            }
        }
    }
    for (int64_t k = 0; k < out->numbered; k++) {
        for (int64_t i = 0; i < size; i++) {
            waiting *next = &block[k][i];
            int64_t number = number_of(out->tables[k], next->text.at, next->text.length, next->hash);
            if (number < 0) return FAILED;
            out->numbers[k * lines + first + i] = (uint32_t)number;
        }
    }
    return 0;
}

/* Return how many of the lines were accepted; FAILED where memory ends. */
int64_t weblog_split_lines(const uint8_t *data, int64_t lines, const int64_t *starts,
                           const int64_t *lengths, const operation *ops, int32_t count,
                           const uint8_t *literals, output *out) {
    static const fields none;
    calendar c = {.known = 0};
    fields f = none;
    waiting block[MOST_NUMBERED][BLOCK];
    int64_t n = 0;
    for (int64_t i = out->skip; i < lines; i++) {
        const uint8_t *p = data + starts[i];
        int64_t length = lengths[i];
        if (length > out->longest || !is_plain(p, length)) continue;
        if (!matches(ops, count, literals, p, p + length, &c, &f)) continue;
        if (f.seconds < out->first || f.seconds >= out->end) continue;
        for (int64_t k = 0; k < out->texts; k++) {
            out->starts[k * lines + n] = (uint32_t)(f.values[k].at - data);
            out->lengths[k * lines + n] = f.values[k].length;
        }
        for (int64_t k = 0; k < out->numbered; k++) {
            const words *w = out->tables[k];
            span s = f.values[out->texts + k];
            uint64_t h = hash_of(s.at, s.length, w->seed);
            __builtin_prefetch(w->places + (h & w->mask));
            block[k][n % BLOCK] = (waiting){s, h};
        }
        out->rows[n] = (uint32_t)i;
        out->micros[n] = f.seconds * 1000000;
        out->statuses[n] = f.status;
        out->bytes[n] = f.bytes;
        out->durations[n] = f.duration;
        n++;
        if (n % BLOCK == 0 && numbered(block, BLOCK, n - BLOCK, lines, out)) return FAILED;
    }
    if (numbered(block, n % BLOCK, n - n % BLOCK, lines, out)) return FAILED;
    return n;
}

/* Write texts one after the other, a newline between two. */
void weblog_join_texts(const uint8_t *data, const uint32_t *starts, const uint32_t *lengths,
                       int64_t count, uint8_t *joined) {
    for (int64_t i = 0; i < count; i++) {
        if (i) *joined++ = '\n';
        memcpy(joined, data + starts[i], lengths[i]);
        joined += lengths[i];
    }
}

/* Number integers in the order they are met: 'values' becomes the distinct ones. Return how many;
   FAILED where memory ends or the numbers do. */
int64_t weblog_number_integers(const int64_t *integers, int64_t count, int64_t *values,
                               uint32_t *numbers, uint64_t seed) {
    uint64_t mask = 1023;
    if (count >= UINT32_MAX) return FAILED;
    while (mask < (uint64_t)count) mask = mask * 2 + 1;
    mask = mask * 2 + 1;
    uint32_t *places = calloc(mask + 1, sizeof *places); /* number + 1, 0 for a free place */
    if (!places) return FAILED;
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t x = integers[i];
        uint64_t at = mixed((uint64_t)x ^ seed, 0xe7037ed1a0b428dbULL) & mask;
        while (places[at] && values[places[at] - 1] != x) at = (at + 1) & mask;
        if (!places[at]) {
            values[n] = x;
            places[at] = (uint32_t)++n;
        }
        numbers[i] = places[at] - 1;
    }
    free(places);
    return n;
}

/* Counting along runs. */

/* Count for each code (below `end`) the runs it is in: rows next to each other with the same number,
   of 4 or 8 bytes, are a run. Say in `first` of each row whether it is the first of its code in its
   run, unless that is null. */
int64_t weblog_count_runs(const void *runs, int32_t width, const uint32_t *codes, int64_t count,
                          uint32_t end, int64_t *counts, uint8_t *first) {
    if (count >= UINT32_MAX) return FAILED;
    uint32_t *met = calloc((size_t)end + 1, sizeof *met); /* where the run it was met in began, + 1 */
    if (!met) return FAILED;
    const uint32_t *narrow = runs;
    const uint64_t *wide = runs;
    uint32_t run = 1;
    for (int64_t i = 0; i < count; i++) {
        if (i && (width == 4 ? narrow[i] != narrow[i - 1] : wide[i] != wide[i - 1]))
            run = (uint32_t)i + 1;
        uint32_t code = codes[i];
        if (code >= end) {
            count = FAILED;
            break;
        }
        int is_first = met[code] != run;
        counts[code] += is_first;
        if (first) first[i] = (uint8_t)is_first;
        met[code] = run;
    }
    free(met);
    return count;
}

/* Two dimensions crossed: how much alike the sessions of one visitor are. Lists stand in the order of
   visitors, who ascend. */

typedef struct {
    const uint64_t *visitors;
    const uint32_t *codes;
    int64_t count;
} coded_rows;

/* Sums over visitors, who have o sessions in the cell, a in its row, b in its column and m at all. */
typedef struct {
    int64_t visitors; /* with any in the cell */
    int64_t oo, oa, ob, om, ab;
} crossed_cell;

typedef struct {
    int64_t own, all; /* of a row a a and a m, of a column b b and b m */
} crossed_line;

/* Sum over `count` sessions of visitors, and lists of theirs: what is in each row, in each column,
   and in each cell (row x columns + column), whose row and column the visitor has, too. `mm` is over
   all visitors. */
int64_t weblog_sum_crossed(const uint64_t *visitors, int64_t count, const coded_rows *lists,
                           uint32_t rows_end, uint32_t columns_end, crossed_cell *cells,
                           crossed_line *rows, crossed_line *columns, int64_t *mm) {
    uint64_t size = (uint64_t)rows_end * columns_end;
    uint64_t ends[3] = {rows_end, columns_end, size};
    uint32_t *held[3], *met[2];
    int64_t at[3] = {0, 0, 0}, done = FAILED;
    for (int k = 0; k < 3; k++) held[k] = calloc(ends[k] + 1, sizeof(uint32_t));
    for (int k = 0; k < 2; k++) met[k] = malloc((ends[k] + 1) * sizeof(uint32_t));
    if (!held[0] || !held[1] || !held[2] || !met[0] || !met[1]) goto end;
    for (int64_t i = 0; i < count;) {
        uint64_t visitor = visitors[i];
        int64_t m = -i;
        while (i < count && visitors[i] == visitor) i++;
        m += i;
        *mm += m * m;
        uint32_t n[2] = {0, 0};
        int64_t inside = -at[2];
        for (int k = 0; k < 3; k++) {
            const coded_rows *list = lists + k;
            int64_t j = at[k];
            for (; j < list->count && list->visitors[j] == visitor; j++) {
                uint32_t code = list->codes[j];
                if (code >= ends[k]) goto end;
                if (!held[k][code]++ && k < 2) met[k][n[k]++] = code;
            }
            at[k] = j;
        }
        inside += at[2];
        for (uint32_t y = 0; y < n[0]; y++) {
            uint32_t row = met[0][y];
            int64_t a = held[0][row];
            rows[row].own += a * a;
            rows[row].all += a * m;
            for (uint32_t x = 0; x < n[1]; x++) {
                uint64_t place = (uint64_t)row * columns_end + met[1][x];
                int64_t b = held[1][met[1][x]], o = held[2][place];
                crossed_cell *cell = cells + place;
                cell->ab += a * b;
                if (!o) continue;
                held[2][place] = 0;
                inside -= o;
                cell->visitors++;
                cell->oo += o * o;
                cell->oa += o * a;
                cell->ob += o * b;
                cell->om += o * m;
            }
        }
        if (inside) goto end; /* a cell whose row or column the visitor does not have */
        for (uint32_t x = 0; x < n[1]; x++) {
            int64_t b = held[1][met[1][x]];
            columns[met[1][x]].own += b * b;
            columns[met[1][x]].all += b * m;
        }
        for (int k = 0; k < 2; k++)
            while (n[k]) held[k][met[k][--n[k]]] = 0;
    }
    if (at[0] == lists[0].count && at[1] == lists[1].count && at[2] == lists[2].count) done = count;
end:
    for (int k = 0; k < 3; k++) free(held[k]);
    for (int k = 0; k < 2; k++) free(met[k]);
    return done;
}

/* Who read what, on pages about no product, and viewed which product. */

typedef struct {
    const uint32_t *codes;  /* of each page view */
    const uint32_t *places; /* of each code; `end` for none */
    uint32_t codes_end, end;
} viewed_what;

/* Count visitors, whose rows stand together, once in each of what they did. Who read `starts[s]` pages
   about no product, or more but fewer than `starts[s + 1]`, is in stratum s. `readers` has a line of
   strata for each content, `takers` one for each product, of those who read any page, and `both` a
   line of products for each of `readers`. */
int64_t weblog_count_readers(const uint32_t *visitors, int64_t count, const viewed_what *content,
                             const viewed_what *product, const uint32_t *starts, uint32_t strata,
                             int64_t *sizes, int64_t *readers, int64_t *takers, int64_t *both) {
    uint32_t *seen[2] = {calloc((size_t)content->end + 1, sizeof(uint32_t)),
                         calloc((size_t)product->end + 1, sizeof(uint32_t))};
    uint32_t *met[2] = {malloc(((size_t)content->end + 1) * sizeof(uint32_t)),
                        malloc(((size_t)product->end + 1) * sizeof(uint32_t))};
    int64_t done = FAILED;
    if (!seen[0] || !seen[1] || !met[0] || !met[1] || !strata || count >= UINT32_MAX) goto end;
    for (int64_t i = 0; i < count;) {
        uint32_t visitor = visitors[i], run = (uint32_t)i + 1, n[2] = {0, 0}, pages = 0;
        for (; i < count && visitors[i] == visitor; i++) {
            uint32_t code = product->codes[i];
            if (code >= product->codes_end) goto end;
            uint32_t what = product->places[code];
            int is_product = what < product->end;
            if (!is_product) {
                pages++;
                code = content->codes[i];
                if (code >= content->codes_end) goto end;
                what = content->places[code];
                if (what >= content->end) continue;
            }
            if (seen[is_product][what] != run) {
                seen[is_product][what] = run;
                met[is_product][n[is_product]++] = what;
            }
        }
        if (!pages) continue;
        uint32_t s = 0;
        while (s + 1 < strata && starts[s + 1] <= pages) s++;
        sizes[s]++;
        for (uint32_t y = 0; y < n[1]; y++) takers[(uint64_t)met[1][y] * strata + s]++;
        for (uint32_t x = 0; x < n[0]; x++) {
            uint64_t line = (uint64_t)met[0][x] * strata + s;
            readers[line]++;
            for (uint32_t y = 0; y < n[1]; y++) both[line * product->end + met[1][y]]++;
        }
    }
    done = count;
end:
    for (int k = 0; k < 2; k++) {
        free(seen[k]);
        free(met[k]);
    }
    return done;
}

static double chosen(double *values, int64_t count, int64_t rank) {
    int64_t low = 0, high = count - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        int64_t i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot) i++;
            while (values[j] > pivot) j--;
            if (i <= j) {
                double held = values[i];
                values[i++] = values[j];
                values[j--] = held;
            }
        }
        if (rank <= j) high = j;
        else if (rank >= i) low = i;
        else break;
    }
    return values[rank];
}

/* Values in bins that stand in their order: by as many of a number's leading bits as asked for. The
   middle of many values lies in one bin, or between two neighbours: none but theirs are held. */
static inline uint64_t bin_of(double value, uint32_t bits) {
    uint64_t order;
    memcpy(&order, &value, sizeof order);
    order ^= (uint64_t)((int64_t)order >> 63) | ((uint64_t)1 << 63); /* negative ones first */
    return bits ? order >> (64 - bits) : 0;
}

/* Return what a code stands for: itself, or what is written of it; LEFT_OUT for nothing. */
#define LEFT_OUT UINT32_MAX
static inline uint32_t meant(const uint32_t *places, uint32_t places_end, uint32_t code,
                             int *is_wrong) {
    if (!places) return code;
    if (code < places_end) return places[code];
    *is_wrong = 1;
    return LEFT_OUT;
}

/* Count the values of each place (below `end`) by bin: a line of bins for each. NaN is no value. */
int64_t weblog_count_bins(const double *values, const uint32_t *codes, int64_t count,
                          const uint32_t *places, uint32_t places_end, uint32_t end, uint32_t bits,
                          uint32_t *bins) {
    int is_wrong = 0;
    if (count >= UINT32_MAX) return FAILED;
    for (int64_t i = 0; i < count; i++) {
        uint32_t place = meant(places, places_end, codes[i], &is_wrong);
        if (place == LEFT_OUT && places) continue;
        if (place >= end) return FAILED;
        if (values[i] == values[i]) bins[((uint64_t)place << bits) + bin_of(values[i], bits)]++;
    }
    return is_wrong ? FAILED : count;
}

/* Hold the values of each place that are in its bins from `first` to `last`: `next` says where the
   next one goes, and so in the end where those of the place end. */
int64_t weblog_hold_bins(const double *values, const uint32_t *codes, int64_t count,
                         const uint32_t *places, uint32_t places_end, uint32_t end, uint32_t bits,
                         const uint32_t *first, const uint32_t *last, int64_t *next, double *held) {
    int is_wrong = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t place = meant(places, places_end, codes[i], &is_wrong);
        if (place == LEFT_OUT && places) continue;
        if (place >= end) return FAILED;
        if (values[i] != values[i]) continue;
        uint64_t bin = bin_of(values[i], bits);
        if (bin >= first[place] && bin <= last[place]) held[next[place]++] = values[i];
    }
    return is_wrong ? FAILED : count;
}

/* Write the median of each place: of what it holds, up to `ends`, the one of this rank, and the one
   before it if it has an even number of values; NaN without any. */
void weblog_middles(double *held, const int64_t *ends, const int64_t *ranks, const int64_t *counts,
                    int64_t end, double *medians) {
    int64_t start = 0;
    for (int64_t place = 0; place < end; start = ends[place++]) {
        int64_t rank = ranks[place];
        medians[place] = NAN;
        if (!counts[place]) continue;
        double upper = chosen(held + start, ends[place] - start, rank);
        medians[place] = upper;
        if (counts[place] % 2) continue;
        double lower = held[start]; /* what stands before the upper middle is no larger than it */
        for (int64_t i = start; i < start + rank; i++)
            if (held[i] > lower) lower = held[i];
        medians[place] = (lower + upper) / 2;
    }
}

/* What is viewed, and what the sessions reached that viewed it. */

typedef struct {
    int64_t sessions, visitors, converted, conversions;
    double value;
} looked_at;

typedef struct {
    uint32_t session, visitor; /* the runs it was met in last, counted from 1 */
} met_last;

/* Count the sessions and the visitors that viewed what stands at each place (below `end`), and sum
   what these sessions reached. Views stand in the order of sessions, which ascend, and visitors
   together; `reached` are the sessions asked about, ascending, with their goals. */
int64_t weblog_sum_looks(const uint32_t *sessions, const uint32_t *visitors, const uint32_t *codes,
                         int64_t count, const uint32_t *places, uint32_t places_end, uint32_t end,
                         const uint32_t *reached, const int64_t *conversions, const double *value,
                         int64_t reached_count, looked_at *sums) {
    int64_t j = 0, done = FAILED;
    uint32_t session = 0, visitor = 0;
    int is_wrong = 0, is_reached = 0;
    if (count >= UINT32_MAX) return FAILED;
    met_last *met = calloc((size_t)end + 1, sizeof *met);
    if (!met) return FAILED;
    for (int64_t i = 0; i < count; i++) {
        if (!i || visitors[i] != visitors[i - 1]) visitor++;
        if (!i || sessions[i] != sessions[i - 1]) {
            if (i && sessions[i] < sessions[i - 1]) goto end;
            session++;
            while (j < reached_count && reached[j] < sessions[i]) j++;
            is_reached = j < reached_count && reached[j] == sessions[i] && conversions[j] > 0;
        }
        uint32_t place = meant(places, places_end, codes[i], &is_wrong);
        if (place == LEFT_OUT) continue;
        if (place >= end) goto end;
        if (met[place].visitor != visitor) {
            met[place].visitor = visitor;
            sums[place].visitors++;
        }
        if (met[place].session == session) continue;
        met[place].session = session;
        sums[place].sessions++;
        if (!is_reached) continue;
        sums[place].converted++;
        sums[place].conversions += conversions[j];
        sums[place].value += value[j];
    }
    if (!is_wrong) done = count;
end:
    free(met);
    return done;
}

/* Say which row stands where once rows of the same run (below `end`) stand together, runs ascending
   and rows of one as they were; write these runs, too. */
int64_t weblog_put_together(const uint32_t *runs, int64_t count, uint32_t end, uint32_t *rows,
                            uint32_t *together) {
    if (count >= UINT32_MAX) return FAILED;
    uint32_t *next = calloc((size_t)end + 1, sizeof *next);
    if (!next) return FAILED;
    int64_t done = FAILED;
    uint32_t place = 0;
    for (int64_t i = 0; i < count; i++) {
        if (runs[i] >= end) goto end;
        next[runs[i]]++;
    }
    for (uint32_t run = 0; run < end; run++) {
        uint32_t n = next[run];
        next[run] = place;
        while (n--) together[place++] = run;
    }
    for (int64_t i = 0; i < count; i++) rows[next[runs[i]]++] = (uint32_t)i;
    done = count;
end:
    free(next);
    return done;
}

/* What is viewed of whom: a cell is a group and a name. The rows of a visitor stand together. */

typedef struct {
    int64_t views, sessions, visitors;
    double weighted; /* views, each with the weight of its session */
    double own;      /* over visitors: (their weighted views here)^2 */
    double cross;    /* over visitors: (these) x (all theirs in the group) */
} taste;

typedef struct {
    int64_t visitors;
    double weighted, squares; /* of weights */
    double whole;             /* over visitors: (all their weighted views in the group)^2 */
} taste_of_all;

typedef struct {
    double weighted;           /* of the visitor that is being looked at */
    uint32_t visitor, session; /* who viewed it last: row where it was met + 1, session + 1 */
} look;

/* Sum what visitors viewed into a cell for each group and name, and a line for each group. Groups
   and weights are by the number of the session; without weights each is 1. A group or a name at its
   end is none: such a row counts nowhere. */
int64_t weblog_sum_tastes(const uint32_t *visitors, const uint32_t *sessions, const uint32_t *names,
                          int64_t count, const uint32_t *groups, const double *weights,
                          int64_t sessions_end, uint32_t groups_end, uint32_t names_end,
                          taste *cells, taste_of_all *wholes) {
    int64_t size = (int64_t)groups_end * names_end, done = FAILED;
    look *seen = calloc((size_t)size + 1, sizeof *seen);
    look *all = calloc((size_t)groups_end + 1, sizeof *all);
    uint32_t *met = malloc(((size_t)size + 1) * sizeof *met), n = 0;
    if (!seen || !all || !met || count >= UINT32_MAX || size >= UINT32_MAX) goto end;
    uint32_t begin = 1;
    for (int64_t i = 0; i <= count; i++) {
        if (i == count || (i && visitors[i] != visitors[i - 1])) {
            for (uint32_t k = 0; k < n; k++) {
                taste *cell = cells + met[k];
                look *mine = seen + met[k], *of = all + met[k] / names_end;
                cell->own += mine->weighted * mine->weighted;
                cell->cross += mine->weighted * of->weighted;
                mine->weighted = 0;
            }
            while (n) { /* a group has as many cells met as names: it is summed up once */
                uint32_t group = met[--n] / names_end;
                wholes[group].whole += all[group].weighted * all[group].weighted;
                all[group].weighted = 0;
            }
            begin = (uint32_t)i + 1;
            if (i == count) break;
        }
        uint32_t session = sessions[i], name = names[i];
        if (session >= sessions_end || name > names_end || groups[session] > groups_end) goto end;
        uint32_t group = groups[session];
        if (name == names_end || group == groups_end) continue;
        uint32_t at = group * names_end + name;
        double weight = weights ? weights[session] : 1;
        if (seen[at].visitor != begin) {
            seen[at].visitor = begin;
            cells[at].visitors++;
            met[n++] = at;
        }
        if (all[group].visitor != begin) {
            all[group].visitor = begin;
            wholes[group].visitors++;
        }
        cells[at].sessions += seen[at].session != session + 1;
        seen[at].session = session + 1;
        cells[at].views++;
        cells[at].weighted += weight;
        seen[at].weighted += weight;
        all[group].weighted += weight;
        wholes[group].weighted += weight;
        wholes[group].squares += weight * weight;
    }
    done = count;
end:
    free(seen);
    free(all);
    free(met);
    return done;
}

/* Two sides of sessions, each in the order of visitors, who ascend; sessions are numbered in that
   order. What they viewed stands in the order of sessions; of those that are on no side, it is passed
   over. */
typedef struct {
    const uint64_t *visitors;
    const uint32_t *sessions;
    int64_t count;
    const uint32_t *viewed, *codes; /* session, and what it viewed */
    int64_t views;
} viewing_side;

/* Of what is viewed, over visitors, with n the sessions that viewed it and d all a visitor has. */
typedef struct {
    double n, nn, nd, nnd, ndd;
} viewing;

typedef struct {
    viewing side[2];
    double n1n2, n1d2, d1n2; /* of visitors on both sides */
} viewed_sums;

int64_t weblog_sum_viewers(const viewing_side *one, const viewing_side *other, uint32_t end,
                           viewed_sums *sums) {
    const viewing_side *sides[2] = {one, other};
    uint32_t *held[2] = {calloc((size_t)end + 1, sizeof(uint32_t)),
                         calloc((size_t)end + 1, sizeof(uint32_t))};
    uint32_t *met = malloc(((size_t)end + 1) * sizeof *met);
    int64_t at[2] = {0, 0}, view[2] = {0, 0}, done = FAILED;
    if (!held[0] || !held[1] || !met) goto end;
    for (;;) {
        uint64_t visitor = UINT64_MAX;
        int is_left = 0;
        for (int s = 0; s < 2; s++) {
            if (at[s] == sides[s]->count) continue;
            uint64_t next = sides[s]->visitors[at[s]];
            if (!is_left || next < visitor) visitor = next;
            is_left = 1;
        }
        if (!is_left) break;
        uint32_t n = 0;
        double d[2];
        for (int s = 0; s < 2; s++) {
            const viewing_side *side = sides[s];
            int64_t begin = at[s], i = begin, v = view[s];
            for (; i < side->count && side->visitors[i] == visitor; i++) {
                while (v < side->views && side->viewed[v] < side->sessions[i]) v++;
                for (; v < side->views && side->viewed[v] == side->sessions[i]; v++) {
                    uint32_t code = side->codes[v];
                    if (code >= end) goto end;
                    if (!held[0][code] && !held[1][code]) met[n++] = code;
                    held[s][code]++;
                }
            }
            d[s] = (double)(i - begin);
            at[s] = i;
            view[s] = v;
        }
        while (n) {
            uint32_t code = met[--n];
            viewed_sums *of = sums + code;
            double viewers[2] = {held[0][code], held[1][code]};
            for (int s = 0; s < 2; s++) {
                viewing *own = of->side + s;
                double x = viewers[s];
                own->n += x;
                own->nn += x * x;
                own->nd += x * d[s];
                own->nnd += x * x * d[s];
                own->ndd += x * d[s] * d[s];
                held[s][code] = 0;
            }
            of->n1n2 += viewers[0] * viewers[1];
            of->n1d2 += viewers[0] * d[1];
            of->d1n2 += d[0] * viewers[1];
        }
    }
    done = one->count + other->count;
end:
    free(held[0]);
    free(held[1]);
    free(met);
    return done;
}

/* Distinct rows of a few numbers, each held once and beside its sums: a table that grows. */

typedef struct {
    uint32_t width, kinds; /* numbers of a row, and how many sums go with it */
    uint32_t count, room;
    uint64_t mask;
    uint64_t *places; /* upper half of a row's hash, and below it the row's place + 1; 0: free */
    uint32_t *rows;   /* each with its sums behind it */
} tallies;

static uint64_t hash_of_row(const uint32_t *row, uint32_t width) {
    uint64_t h = 0xa0761d6478bd642fULL;
    for (uint32_t k = 0; k < width; k++) h = mixed(h ^ row[k], 0xe7037ed1a0b428dbULL);
    return h;
}

static uint32_t *tallies_row(const tallies *t, uint32_t place) {
    return t->rows + (size_t)place * (t->width + t->kinds);
}

void weblog_tallies_free(tallies *t) {
    if (!t) return;
    free(t->places);
    free(t->rows);
    free(t);
}

tallies *weblog_tallies_new(uint32_t width, uint32_t kinds) {
    tallies *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->width = width;
    t->kinds = kinds;
    t->room = 512;
    t->mask = 1023;
    t->places = calloc(t->mask + 1, sizeof *t->places);
    t->rows = malloc((size_t)t->room * (width + kinds) * sizeof *t->rows);
    if (t->places && t->rows) return t;
    weblog_tallies_free(t);
    return NULL;
}

static int tallies_grow(tallies *t) {
    if (t->room > UINT32_MAX / 4) return FAILED;
    uint64_t mask = t->mask * 2 + 1, *places = calloc(mask + 1, sizeof *places);
    if (!places) return FAILED;
    for (uint64_t at = 0; at <= t->mask; at++) {
        if (!t->places[at]) continue;
        uint64_t to = hash_of_row(tallies_row(t, (uint32_t)t->places[at] - 1), t->width) & mask;
        while (places[to]) to = (to + 1) & mask;
        places[to] = t->places[at];
    }
    free(t->places);
    t->places = places;
    t->mask = mask;
    size_t size = (size_t)t->room * 2 * (t->width + t->kinds) * sizeof *t->rows;
    uint32_t *rows = realloc(t->rows, size);
    if (!rows) return FAILED;
    t->rows = rows;
    t->room *= 2;
    return 0;
}

/* Return the sums of a row, which are 0 if it is new; NULL without memory. */
static uint32_t *tallies_of(tallies *t, const uint32_t *row, uint64_t hash) {
    size_t size = t->width * sizeof *row;
    uint64_t tag = hash >> 32 << 32, at = hash & t->mask;
    for (uint64_t here; (here = t->places[at]); at = (at + 1) & t->mask) {
        if (here >> 32 << 32 != tag) continue;
        uint32_t *known = tallies_row(t, (uint32_t)here - 1);
        if (!memcmp(known, row, size)) return known + t->width;
    }
    if (t->count == t->room) {
        if (tallies_grow(t)) return NULL;
        at = hash & t->mask;
        while (t->places[at]) at = (at + 1) & t->mask;
    }
    uint32_t *new = tallies_row(t, t->count);
    memcpy(new, row, size);
    memset(new + t->width, 0, t->kinds * sizeof *new);
    t->places[at] = tag | ++t->count;
    return new + t->width;
}

/* Bring near what looking a row up reads: first of the table of places, then of the rows. */
static void tallies_near(const tallies *t, uint64_t hash, int is_row) {
    const uint64_t *place = t->places + (hash & t->mask);
    if (!is_row) __builtin_prefetch(place);
    else if (*place) __builtin_prefetch(tallies_row(t, (uint32_t)*place - 1));
}

int64_t weblog_tallies_count(const tallies *t) { return t->count; }

/* Write the numbers of all rows, and behind them their sums, column by column. */
void weblog_tallies_read(const tallies *t, uint32_t *columns) {
    for (uint32_t k = 0; k < t->width + t->kinds; k++)
        for (uint32_t i = 0; i < t->count; i++) *columns++ = tallies_row(t, i)[k];
}

/* Visits as walks from step to step: rows of one stand together, in order. */

#define NO_STEP UINT32_MAX
#define MOST_STEPS 32
#define WAITING 64

typedef struct {
    const uint32_t *walks, *whats;
    int64_t count;
    const uint32_t *labels;  /* by what; NO_STEP: it is passed over */
    const uint8_t *anchors;  /* by what: whether a stretch begins or ends here; NULL: none asked */
    int64_t whats_end;
    const uint8_t *won;      /* by walk */
    int64_t walks_end;
    const uint32_t *folds;   /* by column and label: what it is shown as; NULL: as itself */
    int64_t *met;            /* by column and label: walks with that step there; NULL: not asked */
    int64_t labels_end;
    int32_t back, ahead;     /* steps up to the anchor, and from it on; the anchor is in both */
} stretches;

/* Fold steps (A A A, and A B A B to A B), say where the second of a loop stands, return how many are
   left. Whole pairs go, so what is left is never one place off: the two before a step that is looked
   at are as they were. */
static int64_t steps_folded(uint32_t *steps, uint8_t *loops, int64_t count) {
    int64_t n = 0, left = 0;
    for (int64_t i = 0; i < count; i++)
        if (!n || steps[i] != steps[n - 1]) steps[n++] = steps[i];
    for (int64_t i = 0; i < n;) {
        int64_t j = i;
        while (j < n && j >= 2 && steps[j] == steps[j - 2]) j++;
        int64_t kept = j - i;
        if (kept >= 2) {
            loops[left - 1] = 1;
            kept %= 2;
        }
        if (j == i) j++, kept = 1;
        while (kept--) {
            loops[left] = 0;
            steps[left++] = steps[i++];
        }
        i = j;
    }
    return left;
}

static int any_loop(const uint8_t *loops, int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++)
        if (loops[i]) return 1;
    return 0;
}

enum { SESSIONS, CUT_BEFORE, CUT, CUT_EITHER, LOOPED, WON, WALK_SUMS };

/* A walk whose row is known and waits for its place in the table to be near. */
typedef struct {
    uint32_t row[2 * MOST_STEPS];
    uint64_t hash;
    uint8_t sums[WALK_SUMS];
} walk_found;

static int walks_told(tallies *found, walk_found *waiting, int count) {
    for (int is_row = 0; is_row < 2; is_row++)
        for (int i = 0; i < count; i++) tallies_near(found, waiting[i].hash, is_row);
    for (int i = 0; i < count; i++) {
        uint32_t *sums = tallies_of(found, waiting[i].row, waiting[i].hash);
        if (!sums) return FAILED;
        for (int k = 0; k < WALK_SUMS; k++) sums[k] += waiting[i].sums[k];
    }
    return 0;
}

/* Count the stretches of walks by their steps, side by side; what no walk has at a place is NO_STEP.
   With `met` also each step by itself; `found` may be NULL then. Return the rows looked at. */
int64_t weblog_count_walks(const stretches *of, tallies *found) {
    int32_t width = of->back + of->ahead - (of->back && of->ahead);
    int64_t done = FAILED, room = 256;
    uint32_t *own = malloc((size_t)room * sizeof *own), *steps = malloc((size_t)room * sizeof *steps);
    uint8_t *loops = malloc((size_t)room);
    walk_found *waiting = malloc(WAITING * sizeof *waiting);
    int held = 0;
    if (!own || !steps || !loops || !waiting || of->count >= UINT32_MAX) goto end;
    if (of->back > MOST_STEPS || of->ahead > MOST_STEPS) goto end;
    for (int64_t i = 0; i < of->count;) {
        uint32_t walk = of->walks[i];
        int64_t n = 0, anchor = of->anchors ? -1 : 0;
        if (of->won && walk >= of->walks_end) goto end;
        for (; i < of->count && of->walks[i] == walk; i++) {
            uint32_t what = of->whats[i];
            if (what >= of->whats_end) goto end;
            uint32_t label = of->labels[what];
            if (label == NO_STEP) continue;
            if (label >= of->labels_end) goto end;
            if (anchor < 0 && of->anchors[what]) anchor = n;
            if (n == room) {
                room *= 2;
                uint32_t *wide = realloc(own, (size_t)room * sizeof *own);
                if (wide) own = wide;
                uint32_t *wider = realloc(steps, (size_t)room * sizeof *steps);
                if (wider) steps = wider;
                uint8_t *widest = realloc(loops, (size_t)room);
                if (widest) loops = widest;
                if (!wide || !wider || !widest) goto end;
            }
            own[n++] = label;
        }
        if (!n || anchor < 0) continue;
        walk_found *next = waiting + held;
        uint32_t *row = next->row;
        memset(next->sums, 0, sizeof next->sums);
        for (int32_t k = 0; k < width; k++) row[k] = NO_STEP;
        int looped = 0;
        if (of->back) {
            memcpy(steps, own, (size_t)(anchor + 1) * sizeof *steps);
            int64_t left = steps_folded(steps, loops, anchor + 1);
            int64_t shown = left < of->back ? left : of->back;
            for (int64_t k = 0; k < shown; k++) row[of->back - 1 - k] = steps[left - 1 - k];
            looped = any_loop(loops, left - shown + 1, left);
            next->sums[CUT_BEFORE] = left > shown;
        }
        if (of->ahead) {
            int64_t left = n - anchor;
            memcpy(steps, own + anchor, (size_t)left * sizeof *steps);
            left = steps_folded(steps, loops, left);
            int64_t shown = left < of->ahead ? left : of->ahead;
            memcpy(row + (width - of->ahead), steps, (size_t)shown * sizeof *steps);
            looped |= any_loop(loops, 1, shown);
            next->sums[CUT] = left > shown;
        }
        for (int32_t k = 0; k < width; k++) {
            if (row[k] == NO_STEP) continue;
            if (of->met) of->met[k * of->labels_end + row[k]]++;
            if (of->folds) row[k] = of->folds[k * of->labels_end + row[k]];
        }
        if (!found) continue;
        next->sums[SESSIONS] = 1;
        next->sums[CUT_EITHER] = next->sums[CUT] | next->sums[CUT_BEFORE];
        next->sums[LOOPED] = (uint8_t)looped;
        next->sums[WON] = of->won && of->won[walk];
        next->hash = hash_of_row(row, (uint32_t)width);
        if (++held == WAITING) {
            if (walks_told(found, waiting, held)) goto end;
            held = 0;
        }
    }
    if (held && walks_told(found, waiting, held)) goto end;
    done = of->count;
end:
    free(own);
    free(steps);
    free(loops);
    free(waiting);
    return done;
}

/* Count each step that is wanted with the one after it, or before it with `is_back`; steps in a row
   are one. A line of `pairs` is a step that is wanted, `lines` says which by label (NO_STEP: none);
   in it stands a count for each label, and last one for no step at all. */
int64_t weblog_count_neighbours(const uint32_t *walks, const uint32_t *whats, int64_t count,
                                const uint32_t *labels, int64_t whats_end, const uint32_t *lines,
                                int64_t labels_end, int64_t lines_end, int32_t is_back,
                                uint32_t *pairs) {
    if (count >= UINT32_MAX) return FAILED;
    for (int64_t label = 0; label < labels_end; label++)
        if (lines[label] != NO_STEP && lines[label] >= lines_end) return FAILED;
    for (int64_t i = 0; i < count;) {
        uint32_t walk = walks[i], line = NO_STEP, last = NO_STEP;
        for (; i < count && walks[i] == walk; i++) {
            if (whats[i] >= whats_end) return FAILED;
            uint32_t label = labels[whats[i]];
            if (label == NO_STEP || label == last) continue;
            if (label >= labels_end) return FAILED;
            if (!is_back && line != NO_STEP) pairs[line * (labels_end + 1) + label]++;
            line = lines[label];
            if (is_back && line != NO_STEP)
                pairs[line * (labels_end + 1) + (last == NO_STEP ? labels_end : last)]++;
            last = label;
        }
        if (!is_back && line != NO_STEP) pairs[line * (labels_end + 1) + labels_end]++;
    }
    return count;
}

/* Touches that lead to conversions: those of a person stand together, in order of time. */

/* Write where paths begin and end, and the number of their person among those with a path: a path to
   each touch that may end one and converts, and to a person's last that may and does not, which
   begins after the conversion before. None reaches back further than `window`, nor over more than
   `most` touches, which `shortened` counts. */
int64_t weblog_find_paths(const uint64_t *persons, const int64_t *starts,
                          const uint32_t *conversions, const uint8_t *is_end, int64_t count, int64_t window, int64_t most,
                          int64_t *begins, int64_t *ends, int64_t *owners, int64_t *shortened) {
    int64_t n = 0, people = 0;
    for (int64_t i = 0; i < count;) {
        int64_t first = i, last = -1, begin = i, after = i, had = n;
        for (; i < count && persons[i] == persons[first]; i++)
            if (is_end[i]) last = i;
        for (int64_t end = first; end <= last; end++) {
            int converts = conversions[end] > 0;
            if (is_end[end] && (converts || end == last)) {
                while (starts[end] - starts[begin] > window) begin++;
                int64_t from = !converts && after > begin ? after : begin;
                if (end + 1 - from > most) {
                    ++*shortened;
                    from = end + 1 - most;
                }
                begins[n] = from;
                ends[n] = end;
                owners[n++] = people;
            }
            if (converts) after = end + 1;
        }
        people += n > had;
    }
    return n;
}

/* Write the codes of paths' touches one path after the other, and where each begins; of paths and
   one more. */
void weblog_lay_paths(const int64_t *begins, const int64_t *ends, int64_t count,
                      const uint8_t *codes, uint8_t *code, int64_t *firsts) {
    int64_t n = 0;
    for (int64_t path = 0; path < count; path++) {
        firsts[path] = n;
        for (int64_t i = begins[path]; i <= ends[path]; i++) code[n++] = codes[i];
    }
    firsts[count] = n;
}

/* Add up the steps of paths from state to state, from START (`states`) to where they lead: to state
   `states` + 1 or, with `leaves`, + 2. Steps are told by the number that `pairs` has of an origin (a
   line) and a target; with `counts` null it only marks in `pairs` which there are. */
int64_t weblog_count_steps(const uint16_t *states, const int64_t *firsts, int64_t paths, int64_t end,
                           const uint8_t *leaves, const int64_t *groups, int64_t groups_end,
                           const double *weights, uint32_t *pairs, int64_t pairs_end,
                           double *counts) {
    int64_t width = end + 3;
    for (int64_t path = 0; path < paths; path++) {
        int64_t origin = end;
        if (groups[path] < 0 || groups[path] >= groups_end) return FAILED;
        double *line = counts ? counts + groups[path] * pairs_end : NULL;
        for (int64_t i = firsts[path]; i <= firsts[path + 1]; i++) {
            int64_t target = i < firsts[path + 1] ? states[i] : end + 1 + (leaves[path] != 0);
            if (target >= width) return FAILED;
            uint32_t *pair = pairs + origin * width + target;
            origin = target;
            if (!line) {
                *pair = 1;
                continue;
            }
            if (*pair >= pairs_end) return FAILED;
            line[*pair] += weights[path];
        }
    }
    return paths;
}

/* Percent-encoding. */

static int hex_digit(uint8_t sign) {
    if (sign >= '0' && sign <= '9') return sign - '0';
    sign |= 0x20;
    return sign >= 'a' && sign <= 'f' ? sign - 'a' + 10 : FAILED;
}

/* Undo the encoding of texts between newlines, and write them with a newline between two; with
   `plus`, that sign is a blank. What is no UTF-8 then, or holds a control character, is left empty
   and told in `odd`. Return the bytes written, no more than there were. */
int64_t weblog_unquote(const uint8_t *data, int64_t size, int32_t plus, uint8_t *plain,
                       uint8_t *odd) {
    uint8_t *out = plain, *begin = plain, all = 0;
    const uint8_t *end = data + size;
    int control = 0;
    for (const uint8_t *p = data;; p++) {
        if (p == end || *p == '\n') {
            *odd = control || (all >= 0x80 && !is_utf8(begin, out));
            if (*odd++) out = begin;
            if (p == end) return out - plain;
            *out++ = '\n';
            begin = out;
            all = 0;
            control = 0;
            continue;
        }
        uint8_t sign = *p;
        if (sign == '%' && end - p > 2) {
            int high = hex_digit(p[1]), low = hex_digit(p[2]);
            if (high >= 0 && low >= 0) {
                sign = (uint8_t)(high * 16 + low);
                p += 2;
            }
        } else if (sign == '+' && plus) {
            sign = ' ';
        }
        all |= sign;
        control |= sign < 0x20 || sign == 0x7f;
        *out++ = sign;
    }
}
