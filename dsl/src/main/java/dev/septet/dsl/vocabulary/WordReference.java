package dev.septet.dsl.vocabulary;

import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.ExtensionWord.Kind;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.extension.Extensions.Installed;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.vocabulary.word.LiteralText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of the language with those of jars: for people, and for editors. */
public final class WordReference {
    private static final String GDSL = "/META-INF/septet/pipeline.gdsl";
    private static final Pattern BLOCK = Pattern.compile("enclosingCall\\('(\\w+)'\\)");
    private static final Pattern METHOD =
            Pattern.compile("^ +method name: '(\\w+)', .*, doc: '((?:[^'\\\\]|\\\\.)*)'$");
    private static final List<String> STAGES =
            List.of("pipeline", "prepare", "initialize", "setup", "train", "evaluate", "deploy", "monitor");

    private WordReference() {}

    /**
     * A word.
     *
     * @param block the block that allows it
     * @param documentation what it is for, with an example
     * @param installed the jar's word; empty for one of Septet's own
     */
    public record Entry(String block, String name, String documentation, Optional<Installed> installed) {
        /** The options of a jar's word, a line for each. */
        public List<String> options() {
            return installed.stream()
                    .flatMap(found -> found.word().options().stream())
                    .map(option -> "%s: %s %s".formatted(option.name(), option.documentation(), takes(option)))
                    .toList();
        }
    }

    /**
     * Checks the words of jars, before anything starts.
     *
     * @throws dev.septet.dsl.extension.ExtensionProblem naming the jar whose words cannot be used
     */
    public static void check() {
        if (!Extensions.here().all().isEmpty()) {
            installed();
        }
    }

    /** Every word by its block; blocks are in the order of the stages. */
    public static Map<String, List<Entry>> entries() {
        Map<String, List<Entry>> entries = new LinkedHashMap<>();
        STAGES.forEach(stage -> entries.put(stage, new ArrayList<>()));
        String block = "";
        for (String line : own().split("\n", -1)) {
            Matcher opened = BLOCK.matcher(line);
            Matcher method = METHOD.matcher(line);
            if (opened.find()) {
                block = opened.group(1);
            } else if (line.startsWith("contributor(")) {
                block = "";
            } else if (method.find() && !block.isEmpty()) {
                entries.computeIfAbsent(block, any -> new ArrayList<>())
                        .add(new Entry(
                                block,
                                method.group(1),
                                method.group(2).replace("\\'", "'").replace("\\\\", "\\"),
                                Optional.empty()));
            }
        }
        for (Installed found : installed()) {
            Objects.requireNonNull(entries.get(block(found.word())))
                    .add(new Entry(
                            block(found.word()), found.word().name(), documentation(found.word()), Optional.of(found)));
        }
        return entries;
    }

    /** IntelliJ's description of the language, with the words of jars. */
    public static String gdsl() {
        StringBuilder gdsl = new StringBuilder(own());
        for (Installed found : installed()) {
            ExtensionWord word = found.word();
            List<String> parameters = new ArrayList<>();
            if (!word.options().isEmpty()) {
                parameters.add("options: 'java.util.Map'");
            }
            if (word.kind() == Kind.TARGET) {
                parameters.add("path: 'java.lang.String'");
            }
            String text = text(documentation(word));
            gdsl.append("contributor(context(scope: closureScope(), filetypes: ['groovy'])) {\n")
                    .append("    if (enclosingCall('%s')) {\n".formatted(block(word)))
                    .append("        method name: '%s', type: 'java.lang.Object', params: [%s], doc: %s\n"
                            .formatted(word.name(), parameters.isEmpty() ? ":" : String.join(", ", parameters), text));
            if (word.example().equals(word.name())) {
                gdsl.append("        property name: '%s', type: 'java.lang.Object', doc: %s\n"
                        .formatted(word.name(), text));
            }
            gdsl.append("    }\n}\n");
        }
        return gdsl.toString();
    }

    /** Jars' words whose block takes them: a clash with a word of Septet's own is reported here. */
    private static List<Installed> installed() {
        return STAGES.stream()
                .flatMap(block -> stage(block).values(Object.class).stream())
                .flatMap(word -> word.installed().stream())
                .toList();
    }

    private static Words stage(String block) {
        return Objects.requireNonNull(Words.of(FileDsl.class).blocks().get(block), block);
    }

    private static String block(ExtensionWord word) {
        return switch (word.kind()) {
            case FORMAT -> "prepare";
            case METHOD, BACK_END -> "train";
            case METRIC -> "evaluate";
            case TARGET -> "deploy";
            case DETECTOR -> "monitor";
            case CHANNEL, TRACKER -> "pipeline";
        };
    }

    private static String documentation(ExtensionWord word) {
        String line = switch (word.kind()) {
            case FORMAT ->
                "dataset 'data/rows%s', format: %s".formatted(word.endings().get(0), word.example());
            case METHOD -> "method " + word.example();
            case BACK_END -> "by " + word.example();
            case METRIC -> "metric " + word.example();
            case TARGET -> "target " + word.example();
            case DETECTOR -> "drift " + word.example();
            case CHANNEL -> "notify " + word.example();
            case TRACKER -> "track " + word.example();
        };
        return "%s Such as: %s".formatted(word.documentation(), line);
    }

    private static String takes(WordOption option) {
        String kind = switch (option.type()) {
            case WHOLE_NUMBER -> "A whole number";
            case NUMBER -> "A number";
            case TEXT -> "Text";
            case TRUTH -> "true or false";
            case CHOICE -> "One of " + String.join(", ", option.choices());
        };
        String bounds = option.least() == null || option.most() == null
                ? ""
                : " from %s to %s".formatted(LiteralText.of(option.least()), LiteralText.of(option.most()));
        return "(%s%s%s)".formatted(kind, bounds, option.required() ? ", required" : ", " + option.example());
    }

    private static String text(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\$") + "'";
    }

    private static String own() {
        try (InputStream in = WordReference.class.getResourceAsStream(GDSL)) {
            return new String(Objects.requireNonNull(in, GDSL).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
