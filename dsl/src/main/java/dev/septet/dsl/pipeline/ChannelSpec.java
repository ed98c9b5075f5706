package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A channel for notifications. A jar may add channels: {@link ExtensionSpec}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = WebhookSpec.class, name = "webhook"),
    @JsonSubTypes.Type(value = CommandSpec.class, name = "command"),
    @JsonSubTypes.Type(value = ExtensionSpec.ForChannel.class, name = "extension")
})
public interface ChannelSpec {}
