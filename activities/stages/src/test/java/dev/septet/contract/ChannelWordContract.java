package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.notify.ChannelExtension;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.notify.Notice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every channel of a jar keeps. */
public abstract class ChannelWordContract extends WordContract<ChannelExtension> {
    /** Everything that has been received so far, as text. */
    protected abstract String received() throws Exception;

    @Test
    void deliversANotice() throws Exception {
        send("failed");
        assertThat(received()).contains("notice-failed").contains("the message");
    }

    /** A notice is sent again when nobody knows whether it arrived. */
    @Test
    void toleratesANoticeTwice() throws Exception {
        send("waiting");
        send("waiting");
        assertThat(received()).contains("notice-waiting");
    }

    private void send(String event) throws Exception {
        Notice notice = new Notice(
                "notice-" + event,
                event,
                "2026-01-02T03:04:05Z",
                "support",
                "septet-support",
                "run-1",
                "train",
                "the message",
                List.of());
        extension().send(used(), notice, SpecJson.mapper().writeValueAsBytes(notice));
    }
}
