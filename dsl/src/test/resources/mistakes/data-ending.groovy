pipeline('support') {
    prepare {
        dataset 'data/rows.txt'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
