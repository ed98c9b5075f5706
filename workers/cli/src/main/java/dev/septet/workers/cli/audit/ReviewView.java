package dev.septet.workers.cli.audit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.report.DisplayText;
import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewCandidate;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a review. Texts are untrusted, so their control characters are made visible. */
record ReviewView(Terminal terminal, boolean json) {
    private static final int MAX = 2000;

    /** The ids of the decided candidates. */
    record Decided(List<String> accepted, List<String> rejected) {
        Decided() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    void list(List<ReviewCandidate> pending, Map<String, Integer> unusable, int rows) throws IOException {
        if (json) {
            ObjectNode all = SpecJson.mapper().createObjectNode();
            ArrayNode array = all.putArray("candidates");
            pending.forEach(candidate -> array.add(node(candidate)));
            all.set("unusable", SpecJson.mapper().valueToTree(unusable));
            all.put("rows", rows);
            terminal.print(SpecJson.mapper().writeValueAsString(all));
            return;
        }
        for (ReviewCandidate candidate : pending) {
            show(candidate);
        }
        unusable.forEach((reason, count) -> terminal.note(String.format(Locale.ROOT, "%d feedback %s", count, reason)));
        terminal.note(String.format(Locale.ROOT, "%d candidates, %d accepted rows", pending.size(), rows)
                + (pending.isEmpty() ? "" : "; accept with --accept ID, reject with --reject ID"));
    }

    void show(ReviewCandidate candidate) {
        terminal.print(String.format(
                Locale.ROOT,
                "%s  %s, %d times",
                ReviewBook.shortened(candidate.id()),
                kind(candidate),
                candidate.evidence().size()));
        terminal.print("  asked      " + text(candidate.row().promptText()));
        terminal.print("  answered   " + text(candidate.given()));
        terminal.print("  should be  " + text(candidate.answer()));
    }

    void decided(Decided decided, int rows, Path file) throws IOException {
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.set("accepted", SpecJson.mapper().valueToTree(decided.accepted()));
            node.set("rejected", SpecJson.mapper().valueToTree(decided.rejected()));
            node.put("rows", rows).put("file", file.toString());
            terminal.print(SpecJson.mapper().writeValueAsString(node));
            return;
        }
        decided.accepted().forEach(id -> terminal.print(ReviewBook.shortened(id) + " accepted"));
        decided.rejected().forEach(id -> terminal.print(ReviewBook.shortened(id) + " rejected"));
        terminal.note(String.format(Locale.ROOT, "%d accepted rows are in %s", rows, file));
    }

    void exported(int rows, Path file) {
        terminal.note(String.format(Locale.ROOT, "%d rows written to %s", rows, file));
    }

    void note(String line) {
        terminal.note(line);
    }

    private static ObjectNode node(ReviewCandidate candidate) {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        node.put("id", candidate.id()).put("kind", kind(candidate).replace(' ', '-'));
        node.put("asked", candidate.row().promptText());
        node.put("answered", candidate.given()).put("shouldBe", candidate.answer());
        node.set("evidence", SpecJson.mapper().valueToTree(candidate.evidence()));
        return node;
    }

    private static String kind(ReviewCandidate candidate) {
        return candidate.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String text(String text) {
        return DisplayText.of(text, MAX).replace("\n", "\n             ");
    }
}
