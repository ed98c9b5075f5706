package com.example.words;

import dev.septet.activities.dataset.FormatExtension;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.text.PublicText;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A prompt and its completion on a line, with a tab between them. {@code \t}, {@code \n} and {@code
 * \\} stand for a tab, a line break and a backslash.
 */
public final class TabSeparated implements FormatExtension {
    private static final String HEADER = "prompt\tcompletion";

    @Override
    public ExtensionWord word() {
        return ExtensionWord.format(
                "tsv", "Prompt and completion with a tab between them; a header may come first.", List.of(".tsv"));
    }

    @Override
    public Lines open(ExtensionSpec used) {
        return line -> line.equals(HEADER) ? Optional.empty() : Optional.of(record(line));
    }

    private static Map<String, String> record(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != 2) {
            throw new RowProblem(PublicText.of("has %d fields, expected 2: prompt and completion", fields.length));
        }
        return Map.of("prompt", unescaped(fields[0]), "completion", unescaped(fields[1]));
    }

    private static String unescaped(String field) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < field.length(); at++) {
            char c = field.charAt(at);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            at++;
            char meant = at < field.length() ? field.charAt(at) : ' ';
            switch (meant) {
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case '\\' -> text.append('\\');
                default -> throw new RowProblem(PublicText.of("a backslash stands before t, n or another backslash"));
            }
        }
        return text.toString();
    }
}
