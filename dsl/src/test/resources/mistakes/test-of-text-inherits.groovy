pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        metric exactMatch
        test 'data/gold.jsonl', format: text
    }
}
