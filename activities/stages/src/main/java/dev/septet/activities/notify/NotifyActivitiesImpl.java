package dev.septet.activities.notify;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ChannelSpec;
import dev.septet.dsl.pipeline.CommandSpec;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.WebhookSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.notify.Notice;
import dev.septet.workflows.notify.NotifyActivities;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends notices. */
public final class NotifyActivitiesImpl implements NotifyActivities {
    private static final Duration COMMAND_PATIENCE = Duration.ofSeconds(30);

    private final NotifySettings settings;

    public NotifyActivitiesImpl(NotifySettings settings) {
        this.settings = settings;
    }

    @Override
    public void tell(NotifySpec spec, Notice notice, @Nullable RunRef run) {
        try {
            byte[] body = SpecJson.mapper().writeValueAsBytes(notice);
            ChannelSpec to = spec.to();
            if (to instanceof WebhookSpec webhook) {
                new Webhook(settings)
                        .send(webhook, run == null ? notice.pipeline() : run.pipeline(), notice.event(), body);
            } else if (to instanceof CommandSpec command) {
                new OperatorCommand(settings, COMMAND_PATIENCE).run(command, body);
            } else if (to instanceof ExtensionSpec.ForChannel own) {
                ChannelExtension channel =
                        Extensions.of(own.extension(), ExtensionWord.Kind.CHANNEL, ChannelExtension.class);
                Extensions.<Boolean, Exception>run(
                        ExtensionWord.Kind.CHANNEL, own.extension(), StageProblem.class, () -> {
                            channel.send(own.extension(), notice, body);
                            return true;
                        });
            } else {
                throw StageProblem.invalid("this worker cannot send notices of type '%s'"
                        .formatted(to.getClass().getSimpleName()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.of(e);
        } catch (Exception problem) {
            throw Failures.of(problem);
        }
    }
}
