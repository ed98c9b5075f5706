package dev.septet.activities.prepare.augment;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file with groups of words: one group in each line, with commas between its words. Empty lines and lines that begin with
 * # have no group. The file is UTF-8.
 *
 * @param name as the pipeline file names it
 */
public record WordFile(Path path, String name) {
    private static final int MOST_BYTES = 16 << 20;
    private static final int LONGEST_WORD = 100;
    private static final int MOST_WORDS = 200;

    /** A group of words and its line, from 1. */
    record Group(List<String> words, int line) {}

    /**
     * Reads the groups.
     *
     * @throws DatasetProblem with the line of a group that is not one
     */
    List<Group> groups() throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw problem(PublicText.of("%s: is larger than 16 MB; name a list of words", PublicText.file(name)));
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
        List<Group> groups = new ArrayList<>();
        String[] lines = text.split("\\R", -1);
        for (int at = 0; at < lines.length; at++) {
            String line = at == 0 && lines[0].startsWith("\ufeff") ? lines[0].substring(1) : lines[at];
            if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
                groups.add(group(line, at + 1));
            }
        }
        if (groups.isEmpty()) {
            throw problem(
                    PublicText.of("%s: has no words; write one group of words in each line", PublicText.file(name)));
        }
        return groups;
    }

    private Group group(String line, int number) {
        List<String> words =
                Arrays.stream(line.split(",", -1)).map(String::strip).distinct().toList();
        boolean valid = words.size() >= 2
                && words.size() <= MOST_WORDS
                && words.stream().allMatch(word -> !word.isEmpty() && word.length() <= LONGEST_WORD);
        if (!valid) {
            throw problem(
                    number,
                    PublicText.of(
                            "expected 2 to %d different words with commas between them, each with 1 to %d characters",
                            MOST_WORDS, LONGEST_WORD));
        }
        return new Group(words, number);
    }

    /** A problem of a line. */
    DatasetProblem problem(int line, PublicText reason) {
        return problem(PublicText.of("%s:%d: %s", PublicText.file(name), line, reason));
    }

    private static DatasetProblem problem(PublicText reason) {
        return new DatasetProblem(DatasetProblem.Blame.PIPELINE, reason);
    }
}
