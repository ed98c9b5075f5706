pipeline('support') {
    prepare {
        dataset pipeline('tickets')
        columns prompt: 'question'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
