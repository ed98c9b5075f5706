package dev.septet.activities.evaluate.form;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.report.PageTemplate;
import dev.septet.workflows.artifact.Verdict;
import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The section of the report page about the quantized forms; {@code forms.jte} is its template. All texts are for people.
 *
 * @param notes what the exam had, what it left out, and what the judges used; sentences
 * @param timed whether the column of speeds is shown
 */
public record FormsSection(List<Form> forms, List<Chart> charts, List<Line> lines, List<String> notes, boolean timed) {
    private static final String END = "</main>";

    public FormsSection {
        forms = List.copyOf(forms);
        charts = List.copyOf(charts);
        lines = List.copyOf(lines);
        notes = List.copyOf(notes);
    }

    /** A form and the verdict about it; null for the unquantized model, whose verdict is that of the evaluation. */
    public record Form(
            String name,
            String size,
            String bits,
            String divergence,
            String speed,
            @Nullable Verdict verdict,
            String why) {}

    /** One metric against size. */
    public record Chart(String title, Content svg) {}

    /** One metric of one form. */
    public record Line(
            String metric,
            String form,
            String value,
            String interval,
            String change,
            String changeInterval,
            String allowed,
            boolean front,
            @Nullable Verdict verdict) {}

    /**
     * Inserts the section at the end of the evaluation's page; a page of another structure stays unchanged.
     *
     * @param speed measured times; null when none are known
     */
    public static String in(String page, FormsReport report, @Nullable FormSpeed speed) {
        int end = page.lastIndexOf(END);
        return end < 0 ? page : page.substring(0, end) + html(report, speed) + page.substring(end);
    }

    static String html(FormsReport report, @Nullable FormSpeed speed) {
        return PageTemplate.html("forms.jte", "forms", of(report, speed));
    }

    static FormsSection of(FormsReport report, @Nullable FormSpeed speed) {
        List<Form> forms = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        for (FormResult form : report.forms()) {
            boolean whole = form.form().equals(FormsReport.MODEL);
            String name = whole ? "unquantized" : form.form();
            forms.add(new Form(
                    name,
                    Figures.of(form.bytes() / 1e6) + " MB",
                    String.format(Locale.ROOT, "%.2f", form.bitsPerWeight()),
                    form.divergence() == null ? "" : Figures.of(form.divergence()),
                    speed == null ? "" : speed.words(whole ? FormExam.WHOLE : form.form()),
                    whole ? null : form.verdict(),
                    whole ? "The model of the evaluation." : form.why()));
            for (FormScore score : form.scores()) {
                lines.add(line(name, whole, score));
            }
        }
        // Values of one metric stand together.
        List<String> order = lines.stream().map(Line::metric).distinct().toList();
        lines.sort((one, other) -> Integer.compare(order.indexOf(one.metric()), order.indexOf(other.metric())));
        return new FormsSection(
                forms,
                FormChart.of(report).stream()
                        .map(chart -> new Chart(chart.metric(), output -> output.writeContent(chart.svg())))
                        .toList(),
                lines,
                notes(report),
                forms.stream().anyMatch(form -> !form.speed().isEmpty()));
    }

    private static List<String> notes(FormsReport report) {
        List<String> notes = new ArrayList<>();
        if (report.parts() != null) {
            notes.add("The exam had, beside metrics and scores: %s.".formatted(report.parts()));
        }
        if (!report.notExamined().isEmpty()) {
            notes.add("The forms were not asked for: %s.".formatted(String.join(", ", report.notExamined())));
        }
        for (FormResult form : report.forms()) {
            for (JudgeReport judge : form.judges()) {
                notes.add(String.format(
                        Locale.ROOT,
                        "Judges of %s, %s: %,d tokens%s; %,d of %,d rows have no verdict.",
                        judge.metric(),
                        form.form().equals(FormsReport.MODEL) ? "in the evaluation" : form.form(),
                        judge.tokens(),
                        judge.cost() == 0 ? "" : ", cost " + Figures.of(judge.cost()),
                        judge.unmeasured(),
                        judge.rows()));
            }
        }
        return notes;
    }

    private static Line line(String form, boolean whole, FormScore score) {
        Double before = score.before();
        Double low = score.low();
        return new Line(
                score.metric(),
                form,
                Figures.of(score.after()),
                score.interval() == null ? "" : Figures.of(score.interval()),
                before == null ? "" : Figures.change(score.after() - before),
                low == null || score.high() == null
                        ? ""
                        : Figures.of(low) + " to " + Figures.of(Objects.requireNonNull(score.high())),
                score.maxDrop() == null ? "" : Figures.share(score.maxDrop()),
                score.front(),
                whole ? null : score.verdict());
    }
}
