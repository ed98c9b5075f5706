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

    /** Whole words that need no merges; null when only merges make tokens. */
    private final @Nullable Map<String, Integer> words;

    private final WordCache cache = new WordCache();

    /**
     * @param before added tokens that are found before normalization
     * @param after added tokens that are found after normalization
     * @param byteIds the token id of each byte, -1 for none, [256]
     * @param words ids of whole words in the alphabet of bytes; null when only merges make tokens
     */
    ByteLevelEncoder(
            WordSplitter splitter,
            boolean nfc,
            AddedTokenTrie before,
            AddedTokenTrie after,
            MergeTable merges,
            int[] byteIds,
            @Nullable Map<String, Integer> words) {
        this.splitter = splitter;
        this.nfc = nfc;
        this.before = before;
        this.after = after;
        this.merges = merges;
        this.byteIds = byteIds;
        this.words = words;
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
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        char[] units = text.toCharArray();
        Ids ids = new Ids(units.length / 3 + 8);
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
                ids.add(match.id());
                from = match.end();
            }
        }
        return ids.toArray();
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
    private boolean parts(char[] units, int start, int end, Ids ids) {
        for (int from = start; from < end; ) {
            AddedTokenTrie.Match match = after.find(units, from, end);
            int to = match == null ? end : match.start();
            while (from < to) {
                int next = splitter.end(units, from, to);
                int[] word = word(units, from, next);
                if (word == null) {
                    return false;
                }
                ids.add(word);
                from = next;
            }
            if (match != null) {
                ids.add(match.id());
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

    /** A growing list of ids. */
    private static final class Ids {
        private int[] ids;
        private int size;

        Ids(int capacity) {
            ids = new int[capacity];
        }

        void add(int id) {
            room(1);
            ids[size++] = id;
        }

        void add(int[] more) {
            room(more.length);
            for (int id : more) {
                ids[size++] = id;
            }
        }

        private void room(int more) {
            if (size + more > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(size + more, ids.length + (ids.length >> 1)));
            }
        }

        int[] toArray() {
            return Arrays.copyOf(ids, size);
        }
    }
}
