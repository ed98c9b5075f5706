package dev.septet.dsl.reference;

import dev.septet.dsl.vocabulary.FileDsl;
import dev.septet.dsl.vocabulary.UnitDsl;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.Word;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * IntelliJ's description of the language: completion and documentation of every word where it may
 * stand. It stays outside of files that hold no pipeline.
 */
final class Gdsl {
    private final Docs docs;
    private final StringBuilder out = new StringBuilder();

    Gdsl(Docs docs) {
        this.docs = docs;
    }

    String write() {
        out.append("// Generated from the vocabulary; see ReferenceTest.\n");
        out.append("contributor(context(scope: scriptScope(), filetypes: ['groovy'])) {\n");
        words(Words.of(FileDsl.class), "    ");
        out.append("    method name: 'param', type: 'java.lang.Object', params: [name:"
                + " 'java.lang.String', standard: 'java.lang.Object'], doc: 'A value that"
                + " whoever starts the pipeline may change.'\n");
        out.append("}\n");
        for (Map.Entry<String, Words> block : Words.of(FileDsl.class).blocks().entrySet()) {
            out.append("contributor(context(scope: closureScope(), filetypes: ['groovy'])) {\n");
            out.append("    if (enclosingCall('%s')) {\n".formatted(block.getKey()));
            words(block.getValue(), "        ");
            out.append("    }\n}\n");
        }
        out.append("contributor(context(ctype: 'java.lang.Number', filetypes: ['groovy'])) {\n");
        for (Word unit : Words.of(UnitDsl.class).values(Object.class)) {
            out.append("    property name: '%s', type: 'java.lang.Object', doc: %s\n"
                    .formatted(unit.name(), text(docs.method(UnitDsl.class, unit.name()))));
        }
        return out.append("}\n").toString();
    }

    private void words(Words words, String indent) {
        words.statements().forEach(word -> method(word, "void", indent));
        words.values(Object.class).forEach(word -> method(word, "java.lang.Object", indent));
    }

    private void method(Word word, String type, String indent) {
        List<String> params = new ArrayList<>();
        if (!word.options().isEmpty()) {
            params.add("options: 'java.util.Map'");
        }
        word.values().forEach(slot -> params.add(slot.name() + ": '" + java(slot) + "'"));
        if (word.block().isPresent()) {
            params.add("words: 'groovy.lang.Closure'");
        }
        out.append(indent)
                .append("method name: '%s', type: '%s', params: [%s], doc: %s\n"
                        .formatted(
                                word.name(),
                                type,
                                params.isEmpty() ? ":" : String.join(", ", params),
                                text(docs.method(word.owner(), word.name()) + " Such as: " + word.example())));
    }

    private static String java(WordParameter slot) {
        return switch (slot.type().kind()) {
            case WHOLE_NUMBER, NUMBER -> "java.lang.Number";
            case TEXT -> "java.lang.String";
            case TRUTH -> "java.lang.Boolean";
            case TEXTS, NOUNS -> "java.util.List";
            case EXPRESSION -> "groovy.lang.Closure";
            default -> "java.lang.Object";
        };
    }

    private static String text(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
