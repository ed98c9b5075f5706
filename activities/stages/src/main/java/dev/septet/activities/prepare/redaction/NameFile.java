package dev.septet.activities.prepare.redaction;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The file of {@code redact names:}: one name in each line. Empty lines and lines that begin with # have no name. The file is
 * UTF-8.
 *
 * @param path where the file is
 * @param name as the pipeline file names it
 * @param digest digest of the file, for the stage's key
 */
public record NameFile(Path path, String name, String digest) {
    private static final int MOST_BYTES = 32 << 20;
    private static final int MOST_NAMES = 1_000_000;
    private static final int MOST_WORDS = 8;

    /**
     * Finds the file.
     *
     * @return null when the spec names none
     * @throws StageProblem naming the file that does not exist, or that the worker does not serve
     */
    public static @Nullable NameFile of(PipelineFiles files, RunRef run, @Nullable RedactSpec spec) throws IOException {
        if (spec == null || spec.names() == null) {
            return null;
        }
        Path path = files.read(run, spec.names());
        if (!Files.isRegularFile(path)) {
            throw StageProblem.invalid("prepare: redact names: '%s' is not a file".formatted(spec.names()));
        }
        return new NameFile(path, spec.names(), SourceDigest.of(path).sha256());
    }

    /** Digest of a file; null without one. */
    public static @Nullable String digestOf(@Nullable NameFile file) {
        return file == null ? null : file.digest();
    }

    /**
     * Reads the names.
     *
     * @throws DatasetProblem with the line of a name that is none
     */
    Names read() throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw problem(PublicText.of("%s: is larger than 32 MB; name a list of names", PublicText.file(name)));
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw problem(PublicText.of("%s: is not UTF-8; save it as UTF-8", PublicText.file(name)));
        }
        Names names = new Names();
        int line = 0;
        for (String each : (Iterable<String>) text.lines()::iterator) {
            line++;
            String stripped =
                    line == 1 && each.startsWith("\ufeff") ? each.substring(1).strip() : each.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                add(names, stripped, line);
            }
        }
        if (names.count == 0) {
            throw problem(PublicText.of("%s: has no names; write one name in each line", PublicText.file(name)));
        }
        return names.sorted();
    }

    private void add(Names names, String each, int line) {
        NameWords words = NameWords.of(each);
        if (words.size() == 0 || words.size() > MOST_WORDS || each.length() > 200) {
            throw problem(PublicText.of(
                    "%s:%d: expected a name of 1 to %d words with letters", PublicText.file(name), line, MOST_WORDS));
        }
        if (names.count >= 2 * MOST_NAMES) {
            throw problem(PublicText.of(
                    "%s:%d: has more than %d names; name fewer", PublicText.file(name), line, MOST_NAMES));
        }
        names.add(words);
    }

    private static DatasetProblem problem(PublicText reason) {
        return new DatasetProblem(DatasetProblem.Blame.PIPELINE, reason);
    }

    /**
     * Names as sorted hashes of 64 bits, at most 32 bytes a name. Two of a million names and a text of a million words have
     * the same hash with a probability of one in ten million.
     */
    static final class Names {
        static final Names NONE = new Names().sorted();

        private long[] hashes = new long[16];
        private long[] beginnings = new long[16];
        private int count;
        private int longest;

        /** Adds a name; a given name and a family name also in the other order. */
        private void add(NameWords words) {
            StringBuilder key = new StringBuilder();
            for (int at = 0; at < words.size(); at++) {
                append(key, words, at);
            }
            add(words.get(0).key(), key);
            longest = Math.max(longest, words.size());
            if (words.size() == 2) {
                String between = words.gap(0).startsWith(",") ? " " : ", ";
                add(
                        words.get(1).key(),
                        words.get(1).key() + between + words.get(0).key());
            }
        }

        private void add(String beginning, CharSequence name) {
            if (count == hashes.length) {
                hashes = Arrays.copyOf(hashes, count * 2);
                beginnings = Arrays.copyOf(beginnings, count * 2);
            }
            hashes[count] = hash(name);
            beginnings[count++] = hash(beginning);
        }

        private Names sorted() {
            hashes = Arrays.copyOf(hashes, count);
            beginnings = Arrays.copyOf(beginnings, count);
            Arrays.sort(hashes);
            Arrays.sort(beginnings);
            return this;
        }

        /**
         * The end of the longest name that begins at a word; negative when none does. The letter case of a name of several
         * words has no meaning; a name of one word begins with a capital letter.
         */
        int end(NameWords words, int start) {
            if (count == 0
                    || Arrays.binarySearch(beginnings, hash(words.get(start).key())) < 0) {
                return -1;
            }
            int found = -1;
            StringBuilder key = new StringBuilder();
            for (int at = start; at < Math.min(words.size(), start + longest); at++) {
                append(key, words, at);
                boolean name = at > start || words.get(at).shape() != NameWords.Shape.SMALL;
                if (name && Arrays.binarySearch(hashes, hash(key)) >= 0) {
                    found = at + 1;
                }
                if (!words.joined(at)
                        && !(at + 1 < words.size() && words.gap(at).equals(", "))) {
                    break;
                }
            }
            return found;
        }

        private static void append(StringBuilder key, NameWords words, int at) {
            if (!key.isEmpty()) {
                key.append(words.gap(at - 1).startsWith(",") ? ", " : " ");
            }
            key.append(words.get(at).key());
        }

        private static long hash(CharSequence text) {
            return Hashing.komihash5_0().hashCharsToLong(text);
        }
    }
}
