pipeline('p') {
    prepare {
        dataset reviewed('support'), format: alpaca
    }
    initialize { model 'm/x' }
    train { method lora() }
}
