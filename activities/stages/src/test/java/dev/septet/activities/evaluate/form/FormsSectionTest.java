package dev.septet.activities.evaluate.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormsSectionTest {
    @TempDir
    Path temp;

    private static FormScore score(String metric, boolean lower, double after, Verdict verdict) {
        return new FormScore(
                metric,
                lower,
                1.0,
                after,
                new Interval(after - 0.1, after + 0.1),
                -0.05,
                0.05,
                0.02,
                40,
                verdict,
                metric + " is so.",
                false);
    }

    private static FormResult form(String form, long bytes, @Nullable String refused, FormScore... scores) {
        return new FormResult(
                form, "model-%s.gguf".formatted(form), "0".repeat(64), bytes, 8.5, 0.01, refused, List.of(scores));
    }

    private static FormsReport report() {
        return FormsReport.of(
                42,
                "FLOAT32",
                List.of("metric judge"),
                List.of(
                        form("model", 4_000_000, null, score("loss", true, 1, Verdict.GO)),
                        form("f16", 2_000_000, null, score("loss", true, 1, Verdict.GO)),
                        form("q8_0", 1_000_000, null, score("loss", true, Double.NaN, Verdict.NO_GO)),
                        form("q4_0", 500_000, null, score("loss", true, 1.4, Verdict.INCONCLUSIVE)),
                        form("q4_k_m", 600_000, "It diverges <too> much.")));
    }

    @Test
    void showsEveryFormAndDrawsThoseWithNumbers() {
        FormSpeed speed = new FormSpeed("run-1", Map.of("f16", new FormSpeed.Pace(40, 400, 10)));
        String html = FormsSection.in("<main><h1>A report</h1></main>", report(), speed);
        assertThat(html)
                .startsWith("<main><h1>A report</h1>")
                .endsWith("</main>")
                .contains("It diverges &lt;too&gt; much.")
                .contains("40.0 tokens/s")
                .contains("<th scope=\"row\">q4_0</th>")
                .contains("The forms were not asked for: metric judge.")
                .contains("INCONCLUSIVE")
                .contains("missing");
        // The 16-bit file is as good as the unquantized model and smaller; the smallest file is on the front too.
        assertThat(html).containsOnlyOnce("class=\"curve series-1\"");
        assertThat(html.split("class=\"form on\"", -1)).hasSize(3);
        assertThat(html.split("class=\"form off\"", -1)).hasSize(2);
        assertThat(html.split("class=\"whisker\"", -1)).hasSize(4);
        assertThat(html).contains("class=\"out\">q4_0</text>").doesNotContain("NaN");
        assertThat(FormsSection.in("another page", report(), null)).isEqualTo("another page");
    }

    @Test
    void saysWhatTheExamHadAndWhatTheJudgesUsed() {
        JudgeReport judge = new JudgeReport("judge", List.of(), 40, 3, null, null, null, 1234, 0.5, List.of());
        FormResult form = form("q8_0", 1_000_000, null).with(List.of(), List.of(judge));
        FormsReport report = FormsReport.of(
                42, "FLOAT32", List.of("metric humanWinRate"), List.of(form), "judges, forgetting, safety");
        assertThat(FormsSection.html(report, null))
                .contains("The exam had, beside metrics and scores: judges, forgetting, safety.")
                .contains("The forms were not asked for: metric humanWinRate.")
                .contains("Judges of judge, q8_0: 1,234 tokens, cost 0.5; 3 of 40 rows have no verdict.");
    }

    @Test
    void drawsAPageWithoutAnyNumber() {
        FormsReport none = FormsReport.of(
                1,
                "FLOAT32",
                List.of(),
                List.of(form("q8_0", 10, null, score("loss", true, Double.NaN, Verdict.NO_GO))));
        assertThat(FormsSection.html(none, null))
                .contains("<svg")
                .doesNotContain("NaN")
                .doesNotContain("Speed");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        report().write(temp);
        assertThat(FormsReport.read(temp)).contains(report());
        byte[] bytes = Files.readAllBytes(temp.resolve(FormsReport.FILE));
        report().write(temp);
        assertThat(temp.resolve(FormsReport.FILE)).hasBinaryContent(bytes);
        assertThat(FormsReport.read(temp.resolve("none"))).isEmpty();
    }

    @Test
    void remembersTheSpeedOfFormsThatWereNotAskedAgain() throws IOException {
        LocalStore store = new LocalStore(temp.resolve("store"));
        Fence fence = new Fence("test", 1);
        new FormSpeed("run-1", Map.of("q8_0", new FormSpeed.Pace(10, 20, 5))).store(store, "tiny", fence);
        new FormSpeed("run-2", Map.of("q4_0", new FormSpeed.Pace(30, 20, 5))).store(store, "tiny", fence);
        new FormSpeed("run-3", Map.of()).store(store, "tiny", fence);
        FormSpeed last = FormSpeed.last(store, "tiny").orElseThrow();
        assertThat(last.runId()).isEqualTo("run-2");
        assertThat(last.forms()).containsOnlyKeys("q8_0", "q4_0");
        assertThat(last.secondsPerRow()).isEqualTo(0.25);
    }
}
