package dev.septet.workers.cli.review;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.BlindPair;
import dev.septet.activities.evaluate.votes.RowVotes;
import dev.septet.activities.evaluate.votes.VoteFile;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes votes as labels of the judges of {@code winRate}: with texts, one line for each pair. */
final class VoteLabels {
    private VoteLabels() {}

    /** Writes the file atomically and returns the number of lines. */
    static int write(Map<String, List<AnswerPair>> pairs, VoteFile file, Path to) throws IOException {
        Path absolute = to.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(absolute)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND, "cannot write %s: name a file in an existing folder".formatted(to));
        }
        StringBuilder lines = new StringBuilder();
        Set<String> written = new HashSet<>();
        for (Map.Entry<String, List<AnswerPair>> set : pairs.entrySet()) {
            RowVotes votes = RowVotes.of("", set.getKey(), set.getValue(), file);
            for (int row = 0; row < set.getValue().size(); row++) {
                AnswerPair pair = set.getValue().get(row);
                double score = votes.scores().get(row).orElse(Double.NaN);
                if (!Double.isNaN(score)
                        && !pair.equal()
                        && written.add(pair.blind().id())) {
                    lines.append(line(pair, score)).append('\n');
                }
            }
        }
        Disk disk = new Disk();
        Path coming = folder.resolve(absolute.getFileName() + ".new");
        disk.write(coming, lines.toString().getBytes(StandardCharsets.UTF_8));
        disk.move(coming, absolute);
        return written.size();
    }

    /** In the order of the digests, so that the first answer is not always that of the tuned model. */
    private static String line(AnswerPair pair, double score) throws IOException {
        BlindPair blind = pair.blind();
        double first = blind.one().equals(pair.answer()) ? score : 1 - score;
        ObjectNode line = SpecJson.mapper().createObjectNode();
        line.put("prompt", blind.prompt()).put("first", blind.one()).put("second", blind.other());
        line.put("verdict", first > 0.5 ? "first" : first < 0.5 ? "second" : "tie");
        return SpecJson.mapper().writeValueAsString(line);
    }
}
