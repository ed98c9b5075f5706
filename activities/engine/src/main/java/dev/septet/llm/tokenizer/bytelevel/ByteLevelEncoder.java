package dev.septet.llm.tokenizer.bytelevel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From text to token ids, as the tokenizers library does for byte-level byte-pair models, several times as fast: without calls of
 * native code, and with the ids of frequent words in a cache. {@link #of} accepts only the files whose rules it knows, and {@link
 * #encode} only texts whose characters it knows. Everything else is for the library. Thread-safe.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Sennrich et al., 2016</a>, for byte-pair encoding
 */
public final class ByteLevelEncoder {
    /** Above this length, in UTF-16 units, the library's limits of regular expressions may have an effect. */
    private static final int MAX_LENGTH = 1 << 20;

    /** All characters below are as they are in the normal form NFC. */
    private static final int FIRST_CHANGED_BY_NFC = 0x300;

    private static final String PROBE =
            "The quick brown fox's 12,345 jumps over 'lazy' dogs;  CAN'T we'll\u00a0I'VE caf\u00e9 na\u00efve"
                    + " cafe\u0301 \u4f60\u597d\u4e16\u754c \u0645\u0631\u062d\u0628\u0627 \u0967\u0968\u0969\u096a"
                    + " \ud83d\ude00\u200d\ud83d\udc69 \t\n\r\n"
                    + "  x=1; ...\n\n"
                    + " (a)  7 \u2160\u00bd\u3000\u0000\u0301\uFFFD   \n"
                    + " ";

    private final WordSplitter splitter;
    private final boolean nfc;
    private final AddedTokenTrie before;
    private final AddedTokenTrie after;
    private final MergeTable merges;
    private final int[] byteIds;

    /** The number of bytes of each token that merges make, by id; null when the spans of tokens are for the library. */
    private final int @Nullable [] lengths;

    /** Whole words that need no merges; null when only merges make tokens. */
    private final @Nullable Map<String, Integer> words;

    private final WordCache cache = new WordCache();

    /**
     * @param before added tokens that are found before normalization
     * @param after added tokens that are found after normalization
     * @param byteIds the token id of each byte, -1 for none, [256]
     * @param words ids of whole words in the alphabet of bytes; null when only merges make tokens
     * @param lengths the number of bytes of each token, by id; null when the spans of tokens are for the library
     */
    ByteLevelEncoder(
            WordSplitter splitter,
            boolean nfc,
            AddedTokenTrie before,
            AddedTokenTrie after,
            MergeTable merges,
            int[] byteIds,
            @Nullable Map<String, Integer> words,
            int @Nullable [] lengths) {
        this.splitter = splitter;
        this.nfc = nfc;
        this.before = before;
        this.after = after;
        this.merges = merges;
        this.byteIds = byteIds;
        this.words = words;
        this.lengths = lengths;
    }

    /**
     * The encoder of a tokenizer.json.
     *
     * @param json the tokenizer.json
     * @param library the ids that the library gives a text, without special tokens around it
     * @return null when the file has a rule that this class does not know, or when the library gives the added tokens or a text
     *     of many kinds of characters other ids
     */
    public static @Nullable ByteLevelEncoder of(ObjectNode json, Function<String, int[]> library) {
        ByteLevelJson file = new ByteLevelJson(json);
        ByteLevelEncoder encoder = file.encoder();
        if (encoder == null || !encoder.agrees(Normalizer.normalize(PROBE, Normalizer.Form.NFC), library)) {
            return null;
        }
        // The library numbers added tokens by their order, whatever the file says.
        return file.addedTexts().stream().allMatch(text -> encoder.agrees(text, library)) ? encoder : null;
    }

    private boolean agrees(String text, Function<String, int[]> library) {
        return Arrays.equals(encode(text), library.apply(text));
    }

    /**
     * The token ids of a text, without special tokens around it.
     *
     * @param text without unpaired surrogates
     * @return null when only the library can encode this text: it has a character that is not in Unicode 13 or a byte without a
     *     token, the tokenizer normalizes it and it is not in the normal form, or it is very long
     */
    public int @Nullable [] encode(String text) {
        Tokens tokens = tokens(text, null);
        return tokens == null ? null : tokens.ids();
    }

    /**
     * The token ids of a text with the span of each token. A token that begins or ends within a character has the span of the
     * whole character, as in the library.
     *
     * @param text without unpaired surrogates
     * @return null when only the library can encode this text, or when it changes the spans of this tokenizer
     */
    public @Nullable Spans spans(String text) {
        Tokens tokens = lengths == null ? null : tokens(text, lengths);
        return tokens == null ? null : tokens.spans();
    }

    /**
     * Token ids and the span of text of each token.
     *
     * @param ids token ids, [tokens]
     * @param starts start of each token's text, in UTF-16 units, [tokens]
     * @param ends end of each token's text (exclusive), [tokens]
     */
    @SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
    public record Spans(int[] ids, int[] starts, int[] ends) {
        boolean same(Spans other) {
            return Arrays.equals(ids, other.ids)
                    && Arrays.equals(starts, other.starts)
                    && Arrays.equals(ends, other.ends);
        }
    }

    /** Whether the library gives a text of many kinds of characters the same spans. */
    public boolean agreesOnSpans(Function<String, Spans> library) {
        String probe = Normalizer.normalize(PROBE, Normalizer.Form.NFC);
        Spans own = spans(probe);
        return own != null && own.same(library.apply(probe));
    }

    private @Nullable Tokens tokens(String text, int @Nullable [] lengthOf) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        char[] units = text.toCharArray();
        Tokens ids = new Tokens(units.length / 3 + 8, lengthOf);
        for (int from = 0; from < units.length; ) {
            AddedTokenTrie.Match match = before.find(units, from, units.length);
            int to = match == null ? units.length : match.start();
            if (!known(units, from, to)) {
                return null;
            }
            if (!parts(units, from, to, ids)) {
                return null;
            }
            from = to;
            if (match != null) {
                ids.add(match.id(), match.start(), match.end());
                from = match.end();
            }
        }
        return ids;
    }

    /**
     * Whether all characters of a part have a class, and normalization does not change it. The library has the rules of an older
     * Unicode, but a text in the normal form of one version has that of each version that has all of its characters.
     */
    private boolean known(char[] units, int start, int end) {
        boolean plain = true;
        for (int at = start; at < end; at++) {
            int point = units[at];
            if (Character.isSurrogate(units[at])) {
                point = Character.codePointAt(units, at, end);
                at += Character.charCount(point) - 1;
            }
            if (CharacterClass.of(point) == CharacterClass.UNKNOWN) {
                return false;
            }
            plain &= point < FIRST_CHANGED_BY_NFC;
        }
        return plain || !nfc || Normalizer.isNormalized(new String(units, start, end - start), Normalizer.Form.NFC);
    }

    /** Encodes a part in which no added token is found before normalization; false when a byte has no token. */
    private boolean parts(char[] units, int start, int end, Tokens ids) {
        for (int from = start; from < end; ) {
            AddedTokenTrie.Match match = after.find(units, from, end);
            int to = match == null ? end : match.start();
            while (from < to) {
                int next = splitter.end(units, from, to);
                int[] word = word(units, from, next);
                if (word == null) {
                    return false;
                }
                ids.add(word, units, from, next);
                from = next;
            }
            if (match != null) {
                ids.add(match.id(), match.start(), match.end());
                from = match.end();
            }
        }
        return true;
    }

    private int @Nullable [] word(char[] units, int from, int to) {
        int[] known = cache.get(units, from, to - from);
        if (known != null) {
            return known;
        }
        byte[] bytes = new String(units, from, to - from).getBytes(StandardCharsets.UTF_8);
        Integer whole = words == null ? null : words.get(ByteLevelJson.word(bytes));
        int[] ids;
        if (whole != null) {
            ids = new int[] {whole};
        } else {
            int[] symbols = new int[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                symbols[i] = byteIds[bytes[i] & 0xFF];
                if (symbols[i] < 0) {
                    return null;
                }
            }
            ids = merges.merge(symbols);
        }
        cache.put(units, from, to - from, ids);
        return ids;
    }

    /** A growing list of tokens, with their spans where they are asked for. */
    private static final class Tokens {
        private static final int[] NONE = {};

        private final int @Nullable [] lengthOf;
        private int[] ids;
        private int[] starts;
        private int[] ends;
        private int size;

        Tokens(int capacity, int @Nullable [] lengthOf) {
            this.lengthOf = lengthOf;
            ids = new int[capacity];
            starts = lengthOf == null ? NONE : new int[capacity];
            ends = lengthOf == null ? NONE : new int[capacity];
        }

        void add(int id, int start, int end) {
            room(1);
            ids[size] = id;
            if (lengthOf != null) {
                starts[size] = start;
                ends[size] = end;
            }
            size++;
        }

        /** Adds the tokens of a word. */
        void add(int[] word, char[] units, int from, int to) {
            if (lengthOf == null) {
                room(word.length);
                for (int id : word) {
                    ids[size++] = id;
                }
            } else if (word.length == 1) {
                add(word[0], from, to);
            } else {
                addSpans(word, lengthOf, units, from, to);
            }
        }

        /** The tokens of a word are its bytes, from the first to the last. */
        private void addSpans(int[] word, int[] lengths, char[] units, int from, int to) {
            int at = from; // the character with the last used byte
            int next = from;
            int rest = 0; // its bytes that are not used yet
            for (int id : word) {
                int start = rest > 0 ? at : next;
                for (int bytes = lengths[id]; bytes > 0; ) {
                    if (rest == 0) {
                        at = next;
                        int point = Character.codePointAt(units, at, to);
                        next = at + Character.charCount(point);
                        rest = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
                    }
                    int used = Math.min(rest, bytes);
                    rest -= used;
                    bytes -= used;
                }
                add(id, start, next);
            }
        }

        private void room(int more) {
            if (size + more > ids.length) {
                int capacity = Math.max(size + more, ids.length + (ids.length >> 1));
                ids = Arrays.copyOf(ids, capacity);
                if (lengthOf != null) {
                    starts = Arrays.copyOf(starts, capacity);
                    ends = Arrays.copyOf(ends, capacity);
                }
            }
        }

        int[] ids() {
            return Arrays.copyOf(ids, size);
        }

        Spans spans() {
            return new Spans(ids(), Arrays.copyOf(starts, size), Arrays.copyOf(ends, size));
        }
    }
}
