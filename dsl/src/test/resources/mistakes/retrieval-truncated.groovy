pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        maxTokens 64, longer: truncate
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        metric exactMatch
        compare retrieval
    }
}
