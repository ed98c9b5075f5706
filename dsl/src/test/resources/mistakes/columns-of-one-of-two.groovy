pipeline('support') {
    prepare {
        dataset 'data/a.csv', format: completion, licence: 'mit'
        columns messages: 'm'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
