package dev.septet.activities.evaluate.report;

import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;

/** Pages to look at and to test with. */
final class Pages {
    private Pages() {}

    static ReportPage page(List<Sample> samples, List<SummaryLine> data) {
        return new ReportPage(
                "support-tickets",
                Verdict.NO_GO,
                List.of(
                        new Score(
                                "exactMatch",
                                0.0125,
                                0.96875,
                                0.91,
                                0.98,
                                160,
                                Verdict.GO,
                                "exactMatch is 0.9688, above 0.9 with its whole 95 % interval"
                                        + " (0.9375 to 0.9938)."),
                        new Score(
                                "loss",
                                3.4417,
                                0.1931,
                                -3.31,
                                -3.19,
                                160,
                                Verdict.GO,
                                "loss fell from 3.442 to 0.1931, not worse than the base model."),
                        new Score(
                                "bleu",
                                null,
                                92.11,
                                null,
                                null,
                                160,
                                Verdict.INCONCLUSIVE,
                                "bleu is 92.11, above 90, but not all of its 95 % interval (89.2"
                                        + " to 94.9) is: more test rows would decide."),
                        new Score(
                                "forgetting",
                                2.01,
                                2.21,
                                0.1,
                                0.3,
                                200,
                                Verdict.NO_GO,
                                "The forgetting suite's loss went from 2.01 to 2.21 (+10.0 %),"
                                        + " over the budget of +5.0 %.")),
                new LossCurve(
                        curve(400, 1, step -> 0.2 + 3.2 * Math.exp(-step / 60.0) + wave(step)),
                        curve(400, 50, step -> 0.25 + 3.2 * Math.exp(-step / 60.0)),
                        curve(400, 1, step -> 2e-3 * Math.min(step / 20.0, 1 - step / 410.0)),
                        curve(400, 1, step -> step == 137 ? 8.4 : 0.4 + Math.abs(wave(step * 3))),
                        new TreeSet<>(Set.of("lora"))),
                samples,
                samples.subList(0, Math.min(1, samples.size())),
                data,
                List.of(
                        new SummaryLine("e-mail addresses", "128"),
                        new SummaryLine("phone numbers", "31"),
                        new SummaryLine("card numbers", "2")),
                List.of(new SummaryLine("suite", "general.jsonl"), new SummaryLine("rows", "200")),
                ExamSections.NONE,
                List.of(new SummaryLine("unsafe answers, S2: Non-Violent Crimes", "3")),
                List.of(
                        new SummaryLine("dataset", "3f".repeat(32)),
                        new SummaryLine("base model", "a9".repeat(32)),
                        new SummaryLine("adapter", "07".repeat(32)),
                        new SummaryLine("pipeline spec", "c4".repeat(32)),
                        new SummaryLine("run", "0199c3a1-6b1e-7d1c-b6a3-1f0f7a1b2c3d")));
    }

    static List<Sample> samples() {
        String ticket = "Hi, I was charged twice for order 4411 last Tuesday. Please refund one of the two"
                + " payments, this is the third time I write!";
        String answer = "{\"queue\":\"billing\",\"urgency\":\"high\",\"order\":4411}";
        return List.of(
                new Sample(
                        "tickets.jsonl:412",
                        ticket,
                        answer,
                        "I am sorry to hear that you were charged twice and",
                        answer),
                new Sample(
                        "tickets.jsonl:977",
                        "Wo ist meine Bestellung? Größe 42, bestellt am 3. Mai.",
                        "{\"queue\":\"shipping\",\"urgency\":\"low\",\"order\":null}",
                        "",
                        "{\"queue\":\"shipping\",\"urgency\":\"medium\",\"order\":null}"));
    }

    static List<SummaryLine> data() {
        return List.of(
                new SummaryLine("training rows", "3,200"),
                new SummaryLine("validation rows", "400"),
                new SummaryLine("test rows", "400"),
                new SummaryLine("training tokens", "182,410"),
                new SummaryLine("longest row", "96 tokens"),
                new SummaryLine("exact duplicates removed", "17"));
    }

    private static double wave(int step) {
        return 0.12 * Math.sin(step * 12.9898) * Math.cos(step * 4.1414);
    }

    private static SortedMap<Integer, Double> curve(int steps, int every, IntToDoubleFunction value) {
        SortedMap<Integer, Double> curve = new TreeMap<>();
        for (int step = every; step <= steps; step += every) {
            curve.put(step, value.applyAsDouble(step));
        }
        return curve;
    }
}
