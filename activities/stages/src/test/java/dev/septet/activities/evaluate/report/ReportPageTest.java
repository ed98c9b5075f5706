package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportPageTest {
    private static final Pattern TAG = Pattern.compile("<([a-zA-Z]+)[\\s>]");

    @Test
    void tellsVerdictsScoresAndReasons() throws IOException {
        String html = Pages.page(Pages.samples(), Pages.data()).html();
        assertThat(html)
                .contains("<title>support-tickets: No go</title>")
                .contains("2 of 4 checks hold: The forgetting suite")
                .contains("<strong>0.9688</strong>")
                .contains("+0.9563")
                .contains("-3.31 to -3.19")
                .contains("e-mail addresses")
                .contains("3f".repeat(32))
                .contains("charged twice");
        Path looked = Path.of("target", "report-page");
        Files.createDirectories(looked);
        Files.writeString(looked.resolve("report.html"), html);
    }

    @Test
    void loadsNothingAndRunsNothing() {
        String html = Pages.page(Pages.samples(), Pages.data()).html();
        assertThat(html)
                .doesNotContain("http://", "https://", "src=", "href=", "url(", "@import", "<script")
                .contains("default-src 'none'")
                .contains("prefers-color-scheme:dark");
    }

    @Test
    void isTheSameEveryTime() {
        assertThat(Pages.page(Pages.samples(), Pages.data()).html())
                .isEqualTo(Pages.page(Pages.samples(), Pages.data()).html());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "</pre><img src=x onerror=alert(1)>",
                "\"><svg onload=alert(1)>",
                "' onmouseover='alert(1)",
                "</title></style><iframe src=//evil.example>",
                "<!-- <b>",
                "${page.pipeline()} @if(true) $unsafe{1}",
                "javascript:alert(1)"
            })
    void letsNoTextOfModelsOrStrangersBecomeMarkup(String hostile) {
        Sample sample = new Sample(hostile, hostile, hostile, hostile, hostile);
        check(sample, calm(), hostile);
        check(
                new Sample(hostile, hostile, hostile, hostile, hostile, new RejectedAnswer(hostile, 1.0, 2)),
                new Sample("x", "x", "x", "x", "x", new RejectedAnswer("x", 1.0, 2)),
                hostile);
    }

    private static void check(Sample sample, Sample tame, String hostile) {
        String calm =
                Pages.page(List.of(tame), List.of(new SummaryLine("x", "x"))).html();
        String html = Pages.page(List.of(sample), List.of(new SummaryLine(hostile, hostile)))
                .html();
        assertThat(tags(html)).isEqualTo(tags(calm));
    }

    @Test
    void showsBothAnswersOfAPair() {
        Sample pair = new Sample("p:1", "say", "one", null, null, new RejectedAnswer("two", -3.0, 1.5));
        assertThat(Pages.page(List.of(pair), List.of()).html())
                .contains("<h3>Chosen", "<h3>Rejected")
                .contains("Before: the rejected answer is likelier by 3.00 nats.")
                .contains("After: the chosen answer is likelier by 1.50 nats.")
                .contains("does not rate the chosen answer as more likely")
                .doesNotContain("<h3>Reference");
        assertThat(new RejectedAnswer("two", null, Double.NaN).sentence())
                .isEqualTo("After: the model's scores are no numbers.");
    }

    @Test
    void showsControlCharactersAndDirectionMarksAsSuch() {
        assertThat(DisplayText.of("a\u0000b\u001b[31mc\u202ed\u0085e\ud800f\n\tg\u007f", 100))
                .isEqualTo("a␀b␛[31mc[U+202E]d[U+0085]e\ufffdf\n\tg␡");
    }

    @Test
    void cutsWhatIsTooLongAndSaysSo() {
        assertThat(DisplayText.of("😀".repeat(5000), 3)).isEqualTo("😀😀😀 … (4,997 more characters)");
    }

    @Test
    void leavesOutSectionsWithoutContent() {
        ReportPage page = Pages.page(List.of(), List.of());
        assertThat(page.html())
                .doesNotContain("id=\"samples\"", "id=\"misses\"", "id=\"data\"")
                .contains("id=\"lineage\"");
    }

    private static Sample calm() {
        return new Sample("x", "x", "x", "x", "x");
    }

    private static List<String> tags(String html) {
        return TAG.matcher(html).results().map(tag -> tag.group(1)).toList();
    }
}
