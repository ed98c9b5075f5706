package dev.septet.workers.cli.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Exports accepted rows as a dataset file. */
final class ReviewExport {
    private ReviewExport() {}

    /** Writes the file atomically and returns the number of rows. */
    static int write(ReviewedRows rows, String pipeline, Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(absolute)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND, "cannot write %s: name a file in an existing folder".formatted(file));
        }
        List<String> lines = rows.rows(pipeline, 0);
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            ObjectNode row = SpecJson.mapper().createObjectNode();
            row.set("messages", SpecJson.mapper().readTree(line).get("messages"));
            text.append(SpecJson.mapper().writeValueAsString(row)).append('\n');
        }
        Disk disk = new Disk();
        Path coming = folder.resolve(absolute.getFileName() + ".new");
        disk.write(coming, text.toString().getBytes(StandardCharsets.UTF_8));
        disk.move(coming, absolute);
        return lines.size();
    }
}
