package dev.septet.activities.evaluate.votes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.chain.ChainedLine;
import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The content of a votes file: lines of a hash chain, as the audit log has them. A line is of the kind "sample" or
 * "vote".
 *
 * @param votes in the order of the file
 * @param lines number of lines
 * @param digest of the last line; 64 zeros without lines
 */
public record VoteFile(List<PairSample> samples, List<Vote> votes, long lines, String digest) {
    /** The largest file in bytes. */
    public static final int LARGEST = 32 << 20;

    static final String SAMPLE = "sample";
    static final String VOTE = "vote";

    private static final int LONGEST_LINE = 4 << 10;

    /** Each one may have to be drawn again, from all pairs. A review appends at most one for each set of rows. */
    static final int MOST_SAMPLES = 1_000;

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /** The form of a reviewer's pseudonym. */
    private static final Pattern REVIEWER = Pattern.compile("[0-9a-f]{16}");

    public VoteFile {
        samples = List.copyOf(samples);
        votes = List.copyOf(votes);
    }

    /**
     * Reads whole lines. What stands behind the last line end was never acknowledged, and is left out.
     *
     * @throws VoteProblem naming the first line that was changed, or is no line of a votes file
     */
    public static VoteFile read(String text) throws VoteProblem {
        List<PairSample> samples = new ArrayList<>();
        List<Vote> votes = new ArrayList<>();
        String previous = ChainedLine.NONE_BEFORE;
        int number = 0;
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            number++;
            String at = String.format(Locale.ROOT, "line %d ", number);
            if (end - from > LONGEST_LINE) {
                throw new VoteProblem(at + "is longer than a vote; " + RESTORE);
            }
            ChainedLine line = ChainedLine.parse(text.substring(from, end).getBytes(StandardCharsets.UTF_8))
                    .orElseThrow(problem(at + "is not what `septet review` wrote; " + RESTORE));
            if (line.sequence() != number || !line.previous().equals(previous)) {
                throw new VoteProblem(
                        at + "does not follow the line before it: lines were removed, moved or changed; " + RESTORE);
            }
            previous = line.digest();
            switch (line.kind()) {
                case SAMPLE -> {
                    samples.add(sample(line.event()).orElseThrow(problem(at + NO_LINE)));
                    if (samples.size() > MOST_SAMPLES) {
                        throw new VoteProblem(String.format(
                                Locale.ROOT,
                                "%sis one of more than %,d samples; begin another file with `septet review --votes`",
                                at,
                                MOST_SAMPLES));
                    }
                }
                case VOTE -> votes.add(vote(line.event()).orElseThrow(problem(at + NO_LINE)));
                default -> throw new VoteProblem(at + NO_LINE);
            }
            from = end + 1;
        }
        return new VoteFile(samples, votes, number, previous);
    }

    private static final String RESTORE = "restore the file, or begin another one with `septet review --votes`";
    private static final String NO_LINE = "is neither a sample nor a vote; " + RESTORE;

    /** The last sample that was drawn from these pairs of a set. */
    public Optional<PairSample> sample(String set, Collection<String> pairs) {
        Set<String> ids = Set.copyOf(pairs);
        for (int at = samples.size() - 1; at >= 0; at--) {
            if (samples.get(at).fits(set, ids)) {
                return Optional.of(samples.get(at));
            }
        }
        return Optional.empty();
    }

    /** The last verdict of each reviewer on each pair, by reviewer and pair; without those that were withdrawn. */
    public Map<String, Map<String, Vote>> last() {
        Map<String, Map<String, Vote>> last = new TreeMap<>();
        for (Vote vote : votes) {
            Map<String, Vote> own = last.computeIfAbsent(vote.reviewer(), reviewer -> new LinkedHashMap<>());
            String pair = vote.pair();
            own.remove(pair); // so that the order is that of the last verdicts
            if (vote.verdict() != Verdict.WITHDRAWN) {
                own.put(pair, vote);
            }
        }
        last.values().removeIf(Map::isEmpty);
        return last;
    }

    /** The fields of a sample's line. */
    static Map<String, Object> fields(PairSample sample) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("against", sample.against());
        fields.put("digest", sample.digest());
        fields.put("pairs", sample.pairs());
        fields.put("rows", sample.rows());
        fields.put("seed", sample.seed());
        fields.put("set", sample.set());
        return fields;
    }

    /** The fields of a vote's line. */
    static Map<String, Object> fields(Vote vote) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put("first", vote.first());
        fields.put("prompt", vote.prompt());
        fields.put("reviewer", vote.reviewer());
        fields.put("second", vote.second());
        fields.put("time", vote.time());
        fields.put("verdict", vote.verdict().name().toLowerCase(Locale.ROOT));
        return fields;
    }

    private static Optional<PairSample> sample(JsonNode event) {
        String digest = text(event, "digest", text -> DIGEST.matcher(text).matches() ? text : null);
        String set = text(event, "set", UnaryOperator.identity());
        String against = text(event, "against", UnaryOperator.identity());
        boolean numbers = event.path("seed").canConvertToLong()
                && event.path("pairs").canConvertToInt()
                && event.path("rows").canConvertToInt()
                && event.path("rows").intValue() >= 0;
        return digest == null || set == null || against == null || !numbers
                ? Optional.empty()
                : Optional.of(new PairSample(
                        set,
                        against,
                        event.path("seed").longValue(),
                        event.path("pairs").intValue(),
                        event.path("rows").intValue(),
                        digest));
    }

    private static Optional<Vote> vote(JsonNode event) {
        UnaryOperator<@Nullable String> digest =
                text -> text != null && DIGEST.matcher(text).matches() ? text : null;
        String prompt = text(event, "prompt", digest);
        String first = text(event, "first", digest);
        String second = text(event, "second", digest);
        String reviewer = text(
                event,
                "reviewer",
                text -> text != null && REVIEWER.matcher(text).matches() ? text : null);
        String time = text(event, "time", UnaryOperator.identity());
        for (Verdict verdict : Verdict.values()) {
            if (verdict.name()
                            .toLowerCase(Locale.ROOT)
                            .equals(event.path("verdict").asText())
                    && prompt != null
                    && first != null
                    && second != null
                    && reviewer != null
                    && time != null) {
                return Optional.of(new Vote(reviewer, prompt, first, second, verdict, time));
            }
        }
        return Optional.empty();
    }

    private static @Nullable String text(JsonNode event, String name, UnaryOperator<@Nullable String> check) {
        JsonNode value = event.path(name);
        return value.isTextual() ? check.apply(value.textValue()) : null;
    }

    private static java.util.function.Supplier<VoteProblem> problem(String message) {
        return () -> new VoteProblem(message);
    }
}
