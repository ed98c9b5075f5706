pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        metric exactMatch
        compare retrieval, tolerance: 1.percent, minGain: 1.percent
    }
}
