pipeline('hello') {
    prepare { dataset 'data/hello.jsonl'; keep 'topic' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        slices by: 'topic', on: 'loss'
    }
}
