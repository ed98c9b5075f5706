package dev.septet.activities.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.log.ObservedRequest;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A window of an audit log on its way to another machine. */
class StoredWindowsTest {
    private static final Fence FENCE = new Fence("run-1/window", 1);

    @TempDir
    private Path temp = Path.of("");

    private static AuditWindow window(long next) {
        List<ObservedRequest> rows = List.of(
                ObservedRequest.of("where is \"it\"? größer 😀", "in the post"), ObservedRequest.of("what?", null));
        return new AuditWindow(rows, 1, 2, 3, 4, next, true);
    }

    @Test
    void isFoundByItsDigestUntilAnotherCheckReplacesIt() throws IOException {
        StoredWindows windows = new StoredWindows(new LocalStore(temp.resolve("store")));
        String first = windows.put("support", window(5), FENCE);
        assertThat(windows.get("support", first)).isEqualTo(window(5));
        String second = windows.put("support", window(6), FENCE);
        assertThat(windows.get("support", second)).isEqualTo(window(6));
        assertThatThrownBy(() -> windows.get("support", first)).hasMessageContaining("another check replaced them");
    }
}
