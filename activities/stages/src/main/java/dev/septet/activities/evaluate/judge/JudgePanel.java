package dev.septet.activities.evaluate.judge;

import dev.septet.activities.answer.BudgetLedger;
import dev.septet.activities.answer.Requests;
import dev.septet.activities.answer.Teacher;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The judges of one metric. An answer that is no verdict is requested once more with another seed. What has no verdict then,
 * because of nonsense, refusals, failed requests or the end of the budget, is NaN.
 */
public final class JudgePanel implements AutoCloseable {
    /** Why a text has no verdict, besides the reasons of {@link Requests.Reply#missing}. */
    static final String NO_VERDICT = "noVerdict";

    /** The texts do not fit into the judge's window. */
    static final String TOO_LONG = "tooLong";

    /** Why a text has no verdict: the budget is used up. */
    public static final String BUDGET = "budget";

    private final JudgeSpec spec;
    private final JudgeTexts texts;
    private final VerdictScale scale;
    private final List<Teacher> teachers = new ArrayList<>();
    private final List<Requests> requests = new ArrayList<>();
    private final List<Counts> counts = new ArrayList<>();

    /**
     * What judges need of a worker.
     *
     * @param teachers opens the models
     */
    public record Judging(Teachers teachers, ArtifactStore store, Fence fence, RequestClock clock) {}

    /** What one judge did. */
    private static final class Counts {
        private int verdicts;
        private final Map<String, Integer> models = new TreeMap<>();
        private final Map<String, Integer> missing = new TreeMap<>();
    }

    /**
     * Opens the judges of a metric, or of the sentences of answers.
     *
     * @param metric its name; for sentences, the word of the pipeline file
     * @param spec with the contents of its files
     * @param alive is called about every second; what it throws ends the work
     */
    public JudgePanel(String metric, JudgeSpec spec, Judging judging, Runnable alive) throws IOException {
        this.spec = spec;
        texts = new JudgeTexts(spec);
        scale = VerdictScale.of(spec);
        try {
            for (GenerateSpec.Teacher by : spec.by()) {
                teachers.add(judging.teachers().open(by, spec.budget()));
                counts.add(new Counts());
            }
            Requests first = new Requests(
                    new Requests.Limits(
                            (spec.judgesSentences() ? "evaluate: " : "evaluate: metric ") + metric,
                            spec.budget(),
                            spec.requestsPerMinute(),
                            spec.concurrency(),
                            true),
                    teachers.get(0),
                    judging.store(),
                    judging.fence(),
                    judging.fence().scope() + "/" + metric.replace(' ', '-'),
                    judging.clock(),
                    alive);
            requests.add(first);
            teachers.stream().skip(1).map(first::to).forEach(requests::add);
        } catch (IOException | RuntimeException problem) {
            close();
            throw problem;
        }
    }

    /** The version of the texts of requests, which verdicts depend on. */
    static String textsVersion(JudgeSpec spec) {
        return spec.judgesSentences() ? "of sentences " + JudgeTexts.SENTENCES_VERSION : JudgeTexts.VERSION;
    }

    /** The scores of each judge for some texts, from 0 to 1; NaN where there is no verdict. Equal texts are judged once. */
    List<double[]> scores(List<JudgeQuestion> texts) throws IOException {
        Map<JudgeQuestion, Integer> places = new LinkedHashMap<>();
        texts.forEach(text -> places.putIfAbsent(text, places.size()));
        int[] of = texts.stream().mapToInt(text -> places.getOrDefault(text, 0)).toArray();
        List<double[]> all = new ArrayList<>();
        for (double[] scores : different(List.copyOf(places.keySet()))) {
            all.add(Arrays.stream(of).mapToDouble(at -> scores[at]).toArray());
        }
        return all;
    }

    private List<double[]> different(List<JudgeQuestion> asked) throws IOException {
        List<double[]> all = new ArrayList<>();
        for (int judge = 0; judge < teachers.size(); judge++) {
            boolean formats = teachers.get(judge).takesFormats();
            double[] scores = new double[asked.size()];
            Arrays.fill(scores, Double.NaN);
            String[] missing = new String[asked.size()];
            Arrays.fill(missing, BUDGET);
            List<Integer> places = new ArrayList<>();
            for (int at = 0; at < scores.length; at++) {
                if (JudgeTexts.tooLong(asked.get(at))) {
                    missing[at] = TOO_LONG;
                } else if (requests.get(judge).couldFit(texts.request(asked.get(at), formats, 0))) {
                    places.add(at); // one text that is too long for the budget must not keep the others from their
                    // verdicts
                }
            }
            ask(judge, asked, places, 0, scores, missing);
            ask(
                    judge,
                    asked,
                    places.stream().filter(at -> NO_VERDICT.equals(missing[at])).toList(),
                    1,
                    scores,
                    missing);
            for (int at = 0; at < scores.length; at++) {
                if (Double.isNaN(scores[at])) {
                    counts.get(judge).missing.merge(missing[at], 1, Integer::sum);
                } else {
                    counts.get(judge).verdicts++;
                }
            }
            all.add(scores);
        }
        return all;
    }

    private void ask(
            int judge, List<JudgeQuestion> asked, List<Integer> places, long seed, double[] scores, String[] missing)
            throws IOException {
        boolean formats = teachers.get(judge).takesFormats();
        for (int from = 0; from < places.size(); from += Requests.MOST) {
            List<Integer> part = places.subList(from, Math.min(from + Requests.MOST, places.size()));
            List<EndpointRequest> bodies = part.stream()
                    .map(at -> texts.request(asked.get(at), formats, seed))
                    .toList();
            List<Requests.Reply> replies = requests.get(judge).all(bodies);
            for (int at = 0; at < replies.size(); at++) {
                Requests.Reply reply = replies.get(at);
                String text = reply.text();
                OptionalDouble score = text == null ? OptionalDouble.empty() : scale.score(text);
                scores[part.get(at)] = score.orElse(Double.NaN);
                missing[part.get(at)] =
                        text == null ? reply.tooLong() ? TOO_LONG : reply.missing() : score.isEmpty() ? NO_VERDICT : "";
                String model = reply.model();
                if (model != null) {
                    counts.get(judge).models.merge(model, 1, Integer::sum);
                }
            }
            if (replies.size() < part.size()) {
                return; // the budget ended
            }
        }
    }

    VerdictScale scale() {
        return scale;
    }

    JudgeSpec spec() {
        return spec;
    }

    /** What the judges did for rows that they were not asked about, because the budget is used up. */
    public static List<JudgeReport.OfJudge> withoutBudget(JudgeSpec spec, int rows) {
        return spec.by().stream()
                .map(by -> new JudgeReport.OfJudge(written(by), 0, Map.of(), Map.of(BUDGET, rows), null))
                .toList();
    }

    private static String written(GenerateSpec.Teacher by) {
        return by.written().substring("by ".length());
    }

    /** What each judge did so far. */
    public List<JudgeReport.OfJudge> judges() {
        List<JudgeReport.OfJudge> all = new ArrayList<>();
        for (int at = 0; at < teachers.size(); at++) {
            Counts of = counts.get(at);
            all.add(new JudgeReport.OfJudge(
                    written(spec.by().get(at)),
                    of.verdicts,
                    new TreeMap<>(of.models),
                    new TreeMap<>(of.missing),
                    null));
        }
        return all;
    }

    /** What the requests used so far. */
    public BudgetLedger.Amount used() {
        return requests.get(0).used();
    }

    @Override
    public void close() {
        requests.forEach(Requests::close);
        teachers.forEach(JudgePanel::closed);
    }

    private static void closed(@Nullable Teacher teacher) {
        if (teacher != null) {
            teacher.close();
        }
    }
}
