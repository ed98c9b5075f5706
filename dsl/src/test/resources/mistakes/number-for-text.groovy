pipeline('support') {
    prepare {
        dataset 42
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
