package dev.septet.dsl.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.vocabulary.safety.SafetyDsl;
import dev.septet.dsl.vocabulary.search.SearchDsl;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.Word;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every word of the language in a pipeline of its own, as its documentation shows it. */
class WordsTest {
    /**
     * A word and the blocks around it.
     *
     * @param path the words of the blocks, the outermost first
     */
    public record Place(List<String> path, Words block, Word word) {
        @Override
        public String toString() {
            return String.join(" ", path) + " " + word.name();
        }
    }

    static Stream<Place> words() {
        var places = new ArrayList<Place>();
        collect(List.of(), Words.of(PipelineDsl.class), places);
        return places.stream();
    }

    private static void collect(List<String> path, Words block, List<Place> places) {
        for (Word word : block.statements()) {
            if (word.name().equals("include")) {
                continue; // needs a folder: IncludesTest
            }
            if (word.name().equals("selfAgreement") && !hasQuestions(path)) {
                continue; // its example compares questions
            }
            if (word.name().equals("schema") && hasQuestions(path)) {
                continue; // it checks answers that the model writes
            }
            places.add(new Place(path, block, word));
            word.block().ifPresent(inner -> collect(plus(path, word.name() + arguments(word)), inner, places));
        }
        for (Word value : block.values(Object.class)) {
            value.block().ifPresent(inner -> {
                String opener = taker(block, value) + " " + value.name() + arguments(value);
                collect(plus(path, opener), inner, places);
            });
        }
    }

    /** Whether the rows of {@code generate} are questions in other words. */
    private static boolean hasQuestions(List<String> path) {
        return path.stream()
                .anyMatch(outer ->
                        outer.startsWith("generate paraphrases") || outer.startsWith("generate backTranslations"));
    }

    /** The values that a word needs beside its block. */
    private static String arguments(Word value) {
        String values = Stream.concat(
                        value.values().stream().filter(slot -> !slot.optional()).map(WordParameter::example),
                        value.options().stream()
                                .filter(option -> !option.optional())
                                .map(option -> option.name() + ": " + option.example()))
                .collect(Collectors.joining(", "));
        return values.isEmpty() ? "" : "(" + values + ")";
    }

    private static String taker(Words block, Word value) {
        return block.statements().stream()
                .filter(word -> word.values().stream()
                        .anyMatch(s -> block.isValueOf(value, s.type().java())))
                .map(Word::name)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> plus(List<String> path, String word) {
        return Stream.concat(path.stream(), Stream.of(word)).toList();
    }

    @ParameterizedTest
    @MethodSource("words")
    void compilesAsItsExampleShows(Place place) {
        compile(around(place, place.word().example()));
    }

    /** A word that leaves the spec as it is would be a word that does nothing. */
    @ParameterizedTest
    @MethodSource("words")
    void changesTheSpec(Place place) {
        if (place.word().required()) {
            return;
        }
        assertThat(compile(around(place, place.word().example()))).isNotEqualTo(compile(around(place, "")));
    }

    private static String around(Place place, String line) {
        String text = lines(place.block(), place.word(), line);
        for (int depth = place.path().size(); depth > 0; depth--) {
            String opener = place.path().get(depth - 1);
            Words outer = block(place.path().subList(0, depth - 1));
            Word word = outer.statement(opener.replaceFirst("[ (].*", "")).orElseThrow();
            text = lines(outer, word, opener + " {\n" + text + "\n}");
        }
        if (place.path().stream().anyMatch(word -> word.startsWith("by openai") || word.startsWith("by bedrock"))) {
            text = text.replace("method lora()", "method full()"); // a service trains whole models
        }
        if (place.path().equals(List.of("evaluate")) && place.word().name().equals("slices")) {
            String dataset = Words.of(PrepareDsl.class)
                    .statement("dataset")
                    .orElseThrow()
                    .example();
            text = text.replace(dataset, dataset + "\nkeep 'topic'"); // the column of the test split
        }
        boolean needsDeploy =
                place.path().contains("monitor") || place.word().name().equals("monitor");
        String deploy = needsDeploy ? "\ndeploy { target http { port 80 }; target directory('models/tuned') }" : "";
        return "pipeline('words') {\n" + text + deploy + "\n}\n";
    }

    /** The line, and what else the block needs to be complete. */
    private static String lines(Words block, Word word, String line) {
        String rest = block.statements().stream()
                .filter(other -> other.required() && !other.name().equals(word.name()))
                .filter(other -> !other.requiredUnless().equals(word.name()) || line.isEmpty())
                .map(Word::example)
                .collect(Collectors.joining("\n"));
        return String.join("\n", rest, company(block, word.name()), line);
    }

    /** What a word needs beside it that "required" cannot say: one of two, or only for this one. */
    private static String company(Words block, String word) {
        if (block == Words.of(SearchDsl.class)) {
            return word.equals("rank") || word.equals("method") ? "learningRate 1e-4, 3e-4" : "rank 4, 32";
        } else if (block == Words.of(MonitorDsl.class)) {
            return (word.equals("log") ? "" : "log 'prompts.jsonl'\n") + "drift ks, on: promptTokens";
        } else if (block == Words.of(DeployDsl.class) && (word.equals("canary") || word.equals("guard"))) {
            return "target http { port 80 }";
        } else if (block == Words.of(DeployDsl.class) && word.equals("exam")) {
            return "quantize q4_0";
        } else if (block == Words.of(LabelDsl.class)) {
            return "vote('a') { row.prompt.contains('a') }\nvote('b') { row.prompt.contains('b') }";
        } else if (block == Words.of(SafetyDsl.class)) {
            return (word.equals("guard") ? "" : "guard model('models/other')\n")
                    + (word.equals("prompts") ? "" : "prompts 'data/other.jsonl'\n")
                    + (word.equals("jailbreaks") ? "" : "jailbreaks leet");
        }
        return "";
    }

    private static Words block(List<String> path) {
        Words block = Words.of(PipelineDsl.class);
        for (String step : path) {
            String[] words = step.split(" ");
            Word word = words.length == 1
                    ? block.statement(words[0].replaceFirst("\\(.*", "")).orElseThrow()
                    : block.value(words[1].replaceFirst("\\(.*", "")).orElseThrow();
            block = word.block().orElseThrow();
        }
        return block;
    }

    private static PipelineSpec compile(String text) {
        var compilation = PipelineCompiler.compile(PipelineSource.of("words", text), Map.of());
        assertThat(compilation.printed()).as(text).isEmpty();
        return compilation.spec().orElseThrow();
    }

    @Test
    void knowsTheMetricsOfTheSpec() {
        assertThat(Arrays.stream(MetricName.values()).map(EnumName::of)).containsExactlyElementsOf(MetricSpec.KNOWN);
    }
}
