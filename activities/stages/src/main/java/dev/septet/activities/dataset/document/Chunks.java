package dev.septet.activities.dataset.document;

import java.util.Optional;

/**
 * Divides a document into chunks of at most a number of tokens. A chunk ends at the last paragraph end that fits, if
 * the chunk is then at least half full. Otherwise it ends at a sentence, a line, a word, or a character.
 */
final class Chunks {
    /** The largest number of characters for each token, so that the size of a chunk is bounded. */
    private static final int MAX_CHARACTERS = 16;

    /** Characters of a token in the first attempt to fill a chunk. */
    private static final int USUAL_CHARACTERS = 6;

    private final DocumentText document;
    private final String text;
    private final ChunkLimit limit;
    private final TextBoundaries boundaries;
    private int from;
    private int done;
    private long chunks;
    private long characters;

    Chunks(DocumentText document, ChunkLimit limit) {
        this.document = document;
        this.limit = limit;
        text = document.text();
        boundaries = new TextBoundaries(text);
    }

    /**
     * A chunk.
     *
     * @param place the line or page where it begins
     * @param text without white space around it; empty when it was passed over
     */
    record Chunk(int place, String text) {}

    /** The part of the document that was read, 0 to 1. */
    double progress() {
        return text.isEmpty() ? 1 : (double) done / text.length();
    }

    /** The next chunk; empty at the end. */
    Optional<Chunk> next() {
        int first = boundaries.nextWord(done);
        if (first == text.length()) {
            return Optional.empty();
        }
        from = boundaries.nextWord(from);
        int to = end(first);
        if (to <= first) {
            // The repeated text leaves no room for new text.
            from = first;
            to = end(first);
        }
        String chunk = text.substring(from, to).strip();
        Chunk found = new Chunk(document.place(from), chunk);
        int begin = from;
        done = to;
        from = to - repeated(begin, to, chunk);
        chunks++;
        characters += chunk.length();
        return Optional.of(found);
    }

    /** Passes over about as much text as the chunks before had, without its tokens. */
    Optional<Chunk> skip() {
        int first = boundaries.nextWord(done);
        if (first == text.length()) {
            return Optional.empty();
        }
        long usual = chunks == 0 ? 4L * limit.budget() : characters / chunks;
        int end = (int) Math.min(text.length(), first + Math.max(1, usual));
        done = boundaries.whole(boundaries.wordEnd(end));
        from = done;
        return Optional.of(new Chunk(document.place(first), ""));
    }

    /**
     * The end of the chunk that begins at {@link #from}.
     *
     * @param first the first position that is new in this chunk
     */
    private int end(int first) {
        int budget = limit.budget();
        int most = (int) Math.min(text.length(), from + (long) budget * MAX_CHARACTERS);
        int window = Math.min(budget * USUAL_CHARACTERS, most - from);
        int longest = from;
        while (longest == from) {
            int end = boundaries.whole(Math.min(most, from + window));
            int[] ends = limit.measure().ends(text.substring(from, end));
            if (ends.length > budget) {
                longest = Math.max(from + 1, boundaries.whole(from + ends[budget - 1]));
            } else if (end >= most || end >= text.length()) {
                longest = Math.max(from + 1, end);
            } else {
                window = (int) Math.min(most - from, 2L * window);
            }
        }
        while (longest > first) {
            int end = longest >= text.length() ? text.length() : boundaries.best(from, first, longest);
            int tokens = limit.measure().ends(text.substring(from, end).strip()).length;
            if (tokens <= budget || end <= first + 1) {
                return end;
            }
            // The last tokens depend on the text after them, so another end can need more tokens.
            longest = Math.max(first + 1, boundaries.whole(end - Math.max(1, tokens - budget)));
        }
        return from;
    }

    /** Number of characters at the end of a chunk that the next one repeats: at most half of it. */
    private int repeated(int begin, int end, String chunk) {
        if (limit.overlap() == 0 || boundaries.nextWord(end) == text.length()) {
            return 0;
        }
        int[] ends = limit.measure().ends(chunk);
        int before = Math.max(ends.length - limit.overlap(), (ends.length + 1) / 2);
        if (before >= ends.length || before < 1) {
            return 0;
        }
        int start = boundaries.nextWord(begin) + ends[before - 1];
        int repeats = boundaries.start(start, end);
        return repeats > begin ? end - repeats : 0;
    }
}
