package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.SpecJson;
import java.util.Optional;

/** Lines of a file in a jar's format. */
record ExtensionLines(ExtensionSpec used, FormatExtension.Lines lines) {
    static ExtensionLines of(ExtensionSpec used) {
        FormatExtension format = Extensions.of(used, ExtensionWord.Kind.FORMAT, FormatExtension.class);
        return new ExtensionLines(
                used, Extensions.run(ExtensionWord.Kind.FORMAT, used, RowProblem.class, () -> format.open(used)));
    }

    /** What people call the layout. */
    String title() {
        return used.word();
    }

    /**
     * The record of a line; empty for a line that is no row.
     *
     * @throws RowProblem when the line is no row of the format
     */
    Optional<ObjectNode> record(String line) {
        String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        return Extensions.run(
                ExtensionWord.Kind.FORMAT,
                used,
                RowProblem.class,
                () -> lines.record(text).map(fields -> SpecJson.mapper().valueToTree(fields)));
    }
}
