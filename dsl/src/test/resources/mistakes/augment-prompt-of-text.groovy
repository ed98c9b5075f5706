pipeline('support') {
    prepare {
        dataset 'data/book.jsonl', format: text
        augment casing, on: prompt
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
