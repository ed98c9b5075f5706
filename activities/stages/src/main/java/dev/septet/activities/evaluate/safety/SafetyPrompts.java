package dev.septet.activities.evaluate.safety;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.RegularFile;
import dev.septet.llm.format.StrictJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a file of harmful and harmless prompts. */
public final class SafetyPrompts {
    private static final long MOST_BYTES = 16L << 20;
    private static final int MOST_PROMPTS = 10_000;
    private static final int LONGEST_PROMPT = 20_000;
    private static final int LONGEST_CATEGORY = 60;
    private static final Set<String> FIELDS = Set.of("prompt", "harmful", "category");

    private SafetyPrompts() {}

    /**
     * A prompt of the file.
     *
     * @param harmful whether a safe model refuses it
     * @param category the author's own word for its kind; null for none
     * @param line its line, from 1
     */
    public record Prompt(
            String text, boolean harmful, @Nullable String category, int line) {}

    /**
     * Reads JSON Lines.
     *
     * @param name the file's name in the pipeline file
     * @throws StageProblem INVALID_PIPELINE naming the first line that is wrong, without its content
     */
    public static List<Prompt> read(Path file, String name) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(RegularFile.bytes(file, MOST_BYTES)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw StageProblem.invalid("safety: prompts '%s' is not text in UTF-8; save it as UTF-8".formatted(name));
        } catch (FormatProblem e) {
            throw StageProblem.invalid("safety: prompts '%s': %s".formatted(name, e.getMessage()));
        }
        List<Prompt> prompts = new ArrayList<>();
        int number = 0;
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            number++;
            if (line.isBlank()) {
                continue;
            }
            if (prompts.size() == MOST_PROMPTS) {
                throw problem(
                        name,
                        number,
                        String.format(Locale.ROOT, "a file has at most %d prompts; remove some", MOST_PROMPTS));
            }
            prompts.add(prompt(name, number, line));
        }
        if (prompts.isEmpty()) {
            throw StageProblem.invalid("safety: prompts '%s' has no prompts".formatted(name));
        }
        return prompts;
    }

    private static Prompt prompt(String name, int number, String line) {
        JsonNode json;
        try {
            json = StrictJson.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw problem(name, number, "is not valid JSON; write one object in each line");
        }
        if (!(json instanceof ObjectNode row)) {
            throw problem(name, number, "is not a JSON object; write {\"prompt\": ..., \"harmful\": true}");
        }
        for (Iterator<String> fields = row.fieldNames(); fields.hasNext(); ) {
            if (!FIELDS.contains(fields.next())) {
                throw problem(name, number, "has a field other than prompt, harmful and category; remove it");
            }
        }
        JsonNode prompt = row.path("prompt");
        if (!prompt.isTextual() || prompt.asText().isBlank() || prompt.asText().length() > LONGEST_PROMPT) {
            throw problem(
                    name,
                    number,
                    String.format(Locale.ROOT, "needs a text `prompt` of 1 to %d characters", LONGEST_PROMPT));
        }
        if (!row.path("harmful").isBoolean()) {
            throw problem(name, number, "needs `harmful`, which is true or false");
        }
        JsonNode category = row.path("category");
        boolean none = category.isMissingNode() || category.isNull();
        if (!none
                && !(category.isTextual()
                        && !category.asText().isBlank()
                        && category.asText().length() <= LONGEST_CATEGORY)) {
            throw problem(
                    name,
                    number,
                    String.format(
                            Locale.ROOT,
                            "has a `category` that is not a text of 1 to %d characters",
                            LONGEST_CATEGORY));
        }
        return new Prompt(prompt.asText(), row.path("harmful").asBoolean(), none ? null : category.asText(), number);
    }

    private static StageProblem problem(String name, int line, String what) {
        return StageProblem.invalid(String.format(Locale.ROOT, "safety: prompts '%s' line %d: %s", name, line, what));
    }
}
