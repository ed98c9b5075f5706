package dev.septet.workers.cli.run;

import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Wrap;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a progress bar for the running stage, with lines above it for ended stages. */
final class BarsView implements RunView {
    private static final int REDRAW_MILLIS = 500;
    private static final int MAX_COLUMNS = 110;

    /** A narrower terminal has no room for the rates beside a visible bar. */
    private static final int ROOMY = 100;

    private static final int INDENT = StageChanges.label(Stage.PREPARE).length();

    private final Terminal terminal;
    private final StageChanges changes = new StageChanges(false);
    private @Nullable ProgressBar bar;
    private String shown = "";
    private volatile @Nullable Double secondsLeft;

    BarsView(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void show(RunSnapshot snapshot) {
        changes.lines(snapshot).forEach(this::note);
        Optional<LiveActivity> active = snapshot.activities().stream()
                .filter(activity -> activity.progress() != null)
                .findFirst();
        if (active.isEmpty()) {
            remove();
            return;
        }
        Progress progress = active.get().progress();
        if (progress == null) {
            return;
        }
        String name = StageChanges.label(active.get().stage()) + progress.doing();
        ProgressBar current = bar;
        if (current == null || !name.equals(shown)) {
            remove();
            current = create(name, progress);
            bar = current;
            shown = name;
        }
        secondsLeft = progress.secondsLeft();
        current.maxHint(progress.total() > 0 ? progress.total() : -1);
        current.stepTo(progress.done());
        current.setExtraMessage(columns() < ROOMY ? CliTexts.loss(progress) : CliTexts.rates(progress));
    }

    @Override
    public void note(String line) {
        remove();
        // The stage's name has a column of its own; its text is wrapped beside it.
        terminal.note(Wrap.hanging(line, terminal.screen().columns(), INDENT));
    }

    @Override
    public void close() {
        remove();
    }

    private void remove() {
        ProgressBar current = bar;
        if (current != null) {
            current.close();
            bar = null;
            shown = "";
        }
    }

    /**
     * The width of the bar. A bar that reaches the last column wraps into a second line, and cannot
     * be removed.
     */
    private int columns() {
        return Math.min(MAX_COLUMNS, terminal.screen().columns() - 1);
    }

    private ProgressBar create(String name, Progress progress) {
        return new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(Math.max(progress.total(), -1))
                .setUnit(" " + progress.unit(), 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setConsumer(new Line(terminal.err(), columns()))
                .setEtaFunction(
                        state -> Optional.ofNullable(secondsLeft).map(left -> Duration.ofSeconds(Math.round(left))))
                .clearDisplayOnFinish()
                .build();
    }

    /** A bar line that is removed completely; the library's own consumer leaves an empty line. */
    private static final class Line extends ConsoleProgressBarConsumer {
        private final PrintStream stream;

        Line(PrintStream stream, int columns) {
            super(stream, columns);
            this.stream = stream;
        }

        @Override
        public void close() {
            stream.flush();
        }
    }
}
