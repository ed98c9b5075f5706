pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        unanswerable 'data/hello.jsonl', minAbstain: 90.percent
    }
}
