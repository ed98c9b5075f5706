package dev.septet.activities.train.outside;

import dev.septet.activities.prepare.redaction.Redactor;
import dev.septet.activities.secret.MaskedText;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The last lines that a trainer printed, for a failure's message. A failure is stored in the workflow's history, so
 * personal data, secrets and long quotations are removed: a trainer may print rows.
 */
public record PrintedLines(TrainerFolder folder) {
    private static final int MOST_LINES = 3;

    /** A quotation or a structure, also one that does not end on its line. */
    private static final Pattern QUOTED =
            Pattern.compile("\"[^\"]{24,}(\"|$)|'[^']{24,}('|$)|[{\\[(][^}\\])]{24,}([}\\])]|$)");

    /** The lines, separated by {@code |}; empty when there are none. */
    public String text() {
        try {
            Redactor redactor = Redactor.masking(RedactSpec.CONTACT_AND_ACCOUNT, List.of());
            return folder.lastLines(MOST_LINES).stream()
                    .map(MaskedText::of)
                    .map(line -> QUOTED.matcher(line).replaceAll("[text]"))
                    .map(redactor::redacted)
                    .map(line ->
                            line.length() > MaskedText.LONGEST ? line.substring(0, MaskedText.LONGEST) + " ..." : line)
                    .map(PublicText::line)
                    .collect(Collectors.joining(" | "));
        } catch (IOException unreadable) {
            return "";
        }
    }
}
