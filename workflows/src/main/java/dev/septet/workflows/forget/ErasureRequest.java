package dev.septet.workflows.forget;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Input of the activities of an erasure.
 *
 * @param run the workflow as a run of the pipeline, with its ticket
 * @param order id of the order
 */
public record ErasureRequest(RunRef run, String order) implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of();
    }
}
