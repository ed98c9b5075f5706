package dev.septet.activities.prepare.generate;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts of requests. A placeholder such as {@code {question}} stands for a text of the row. Texts of rows are put in once:
 * a placeholder in a row stays as it is.
 */
final class RequestTexts {
    /** Must be increased when a text below changes, because the text is a part of what a row was made from. */
    static final String VERSION = "1";

    private static final int MOST_BYTES = 64 << 10;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(question|answer|text|examples|language|number)}");
    private static final String PAIR = " Answer with JSON such as {\"question\": \"...\", \"answer\": \"...\"} only.";

    private static final Map<GenerateSpec.Kind, String> OWN = Map.of(
            GenerateSpec.Kind.PARAPHRASES,
            "Write the text below in other words. Keep its meaning, its language, and all names and numbers. Keep"
                    + " placeholders in brackets as they are. Answer with the new text only.\n\nText:\n{question}",
            GenerateSpec.Kind.BACK_TRANSLATIONS,
            "Translate the text below into {language}. Keep placeholders in brackets as they are. Answer with the"
                    + " translation only.\n\nText:\n{question}",
            GenerateSpec.Kind.QUESTIONS,
            "Read the text below. Write a question that the text answers, and its answer, in the language of the text."
                    + " The question must be clear without the text. This is question {number}: choose another fact for"
                    + " each number." + PAIR + "\n\nText:\n{text}",
            GenerateSpec.Kind.RARE,
            "Below are examples of one class of a dataset. Write one more example of the same class, about something"
                    + " else, in the same language and style. This is example {number}." + PAIR + "\n\n{examples}",
            GenerateSpec.Kind.EDGE_CASES,
            "Below is an example of a dataset. Write an unusual but realistic example of the same task, such as a"
                    + " question with a wrong assumption, missing information or several requests, and its best answer."
                    + " Use the same language. This is example {number}." + PAIR + "\n\n{examples}",
            GenerateSpec.Kind.DISTILL,
            "{question}");

    private static final String BACK =
            "Translate the text below, which is in {language}, into the language with the ISO 639-3 code {text}. Keep"
                    + " placeholders in brackets as they are. Answer with the translation only.\n\n"
                    + "Text:\n"
                    + "{question}";

    private static final Map<GenerateSpec.Kind, Set<String>> NEEDED = Map.of(
            GenerateSpec.Kind.PARAPHRASES, Set.of("{question}"),
            GenerateSpec.Kind.BACK_TRANSLATIONS, Set.of("{question}", "{language}"),
            GenerateSpec.Kind.QUESTIONS, Set.of("{text}"),
            GenerateSpec.Kind.RARE, Set.of("{examples}"),
            GenerateSpec.Kind.EDGE_CASES, Set.of("{examples}"),
            GenerateSpec.Kind.DISTILL, Set.of("{question}"));

    private final String text;

    private RequestTexts(String text) {
        this.text = text;
    }

    /** A text of Septet's own. */
    static RequestTexts of(String text) {
        return new RequestTexts(text);
    }

    /** Septet's own text of a kind. */
    static RequestTexts own(GenerateSpec.Kind kind) {
        return new RequestTexts(OWN.getOrDefault(kind, ""));
    }

    /** The second text of back-translations: {@code {text}} is the code of the language to translate into. */
    static RequestTexts back() {
        return new RequestTexts(BACK);
    }

    /**
     * The text of a file.
     *
     * @param name as the pipeline file names it
     * @throws DatasetProblem when it is too long, not UTF-8, or has none of the placeholders that the kind needs
     */
    static RequestTexts read(GenerateSpec.Kind kind, Path file, String name) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw problem(
                    PublicText.of("%s: is larger than 64 KB; it is the text of a request", PublicText.file(name)));
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .strip();
        } catch (CharacterCodingException e) {
            throw problem(PublicText.of("%s: is not UTF-8; save it as UTF-8", PublicText.file(name)));
        }
        for (String needed : NEEDED.getOrDefault(kind, Set.of())) {
            if (!text.contains(needed)) {
                throw problem(PublicText.of(
                        "%s: has no %s; write it where the row's text belongs",
                        PublicText.file(name), PublicText.said(needed)));
            }
        }
        return new RequestTexts(text);
    }

    private static DatasetProblem problem(PublicText reason) {
        return new DatasetProblem(DatasetProblem.Blame.PIPELINE, reason);
    }

    /** The text with values; a placeholder without a value is removed. */
    String with(Map<String, String> values) {
        Function<MatchResult, String> value =
                found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), ""));
        return PLACEHOLDER.matcher(text).replaceAll(value);
    }
}
