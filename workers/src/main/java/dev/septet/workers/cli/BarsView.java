package dev.septet.workers.cli;

import dev.septet.workflows.Progress;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/** One bar for what runs now; what has ended stays above it as lines. */
final class BarsView implements RunView {
    private static final int REDRAW_MILLIS = 500;
    private static final int MOST_COLUMNS = 110;

    private final Terminal terminal;
    private final StageChanges changes = new StageChanges();
    private @Nullable ProgressBar bar;
    private String shown = "";
    private volatile @Nullable Double secondsLeft;

    BarsView(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void show(RunSnapshot snapshot) {
        changes.lines(snapshot).forEach(this::note);
        Optional<LiveActivity> active =
                snapshot.activities().stream()
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
        current.setExtraMessage(Texts.rates(progress));
    }

    @Override
    public void note(String line) {
        remove();
        terminal.note(line);
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

    private ProgressBar create(String name, Progress progress) {
        return new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(Math.max(progress.total(), -1))
                .setUnit(" " + progress.unit(), 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), MOST_COLUMNS))
                .setEtaFunction(
                        state ->
                                Optional.ofNullable(secondsLeft)
                                        .map(left -> Duration.ofSeconds(Math.round(left))))
                .clearDisplayOnFinish()
                .build();
    }
}
