pipeline('support') {
    prepare {
        maxTokens 512
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
