pipeline('support') {
    prepare {
        dataset secret('DATA_PATH')
    }
    initialize { model 'models/base' }
    train { method lora() }
}
