package dev.septet.workflows.quota;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * The question whether a stage may begin.
 *
 * @param stage the stage's word
 * @param now workflow time in milliseconds since 1970
 */
public record QuotaRequest(RunRef run, String stage, long now) implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of();
    }
}
