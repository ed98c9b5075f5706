package dev.septet.activities.retention;

import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.retention.KeptVersions.Known;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order in which versions of a pipeline were published last. A restore and a change of keys write all records again, in the order
 * of their names. So the times of the records decide only what their contents do not say.
 */
final class PublicationOrder {
    /** {@code versions/PIPELINE/START-RUN}. */
    private static final Pattern RUN = Pattern.compile("([0-9]{13})-(.+)");

    /** A version with the time by which it is compared with versions that the alias never named. */
    private record Dated(Known known, Instant time) {}

    private PublicationOrder() {}

    /**
     * The versions, the newest first: in the order of the alias's publications. In between are versions that were only on trial, by the
     * start of their run.
     *
     * @param records names of all records
     */
    static List<Known> newestFirst(
            List<Known> known, AliasHistory history, String pipeline, Collection<String> records) {
        Map<String, Integer> moves = new HashMap<>();
        for (int at = 0; at < history.moves().size(); at++) {
            AliasHistory.Move move = history.moves().get(at);
            if (move.reason() == AliasHistory.Reason.PUBLISH) {
                moves.put(move.sha256(), at);
            }
        }
        Map<String, Instant> starts = starts(pipeline, records);
        List<Dated> published = new ArrayList<>();
        List<Dated> others = new ArrayList<>();
        for (Known each : known) {
            Instant start = starts.get(each.variant().runId());
            boolean moved = moves.containsKey(each.variant().sha256());
            (moved ? published : others).add(new Dated(each, start == null ? each.recorded() : start));
        }
        published.sort(Comparator.comparing(
                each -> moves.getOrDefault(each.known().variant().sha256(), -1)));
        Instant latest = Instant.MIN;
        for (int at = 0; at < published.size(); at++) { // a later publication has no earlier time
            Dated each = published.get(at);
            latest = each.time().isAfter(latest) ? each.time() : latest;
            published.set(at, new Dated(each.known(), latest));
        }
        others.sort(Comparator.comparing(Dated::time)
                .thenComparing(each -> each.known().variant().sha256(), Comparator.reverseOrder()));
        List<Known> newest = new ArrayList<>();
        while (!published.isEmpty() || !others.isEmpty()) {
            boolean other = published.isEmpty()
                    || (!others.isEmpty()
                            && last(others).time().isAfter(last(published).time()));
            List<Dated> from = other ? others : published;
            newest.add(from.remove(from.size() - 1).known());
        }
        return newest;
    }

    private static Dated last(List<Dated> list) {
        return list.get(list.size() - 1);
    }

    /** The starts of the evaluated runs, by the server's clock. */
    private static Map<String, Instant> starts(String pipeline, Collection<String> records) {
        String prefix = RecordKind.VERSIONS.prefix() + pipeline + "/";
        Map<String, Instant> starts = new HashMap<>();
        for (String name : records) {
            Matcher run = RUN.matcher(name.startsWith(prefix) ? name.substring(prefix.length()) : "");
            if (run.matches()) {
                starts.put(run.group(2), Instant.ofEpochMilli(Long.parseLong(run.group(1))));
            }
        }
        return starts;
    }
}
